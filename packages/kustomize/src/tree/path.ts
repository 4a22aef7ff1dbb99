import { BuildError } from '../build-error.ts';

/**
 * Resolves a path as written in a file of `directory` to a path of the tree. Throws `BuildError` for what leaves the root, is absolute, or is an address.
 */
export function resolvePath(directory: string, written: string, at: string): string {
  if (isRemote(written)) throw new BuildError(`${at}: '${written}' is a remote resource: remote bases are not fetched`);
  // File systems end a name there, or throw.
  if (written.includes('\0')) throw new BuildError(`${at}: ${JSON.stringify(written)} is not a path`);
  if (written.startsWith('/')) throw new BuildError(`${at}: '${written}' is an absolute path`);
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw new BuildError(`${at}: '${written}' is not in or below the root of the source`);
  }
  return parts.join('/');
}

function isRemote(written: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:/i.test(written) ||
    /^git@/.test(written) ||
    /^(www\.)?(github|gitlab|bitbucket)\.(com|org)[/:]/.test(written) ||
    written.includes('?ref=')
  );
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);
