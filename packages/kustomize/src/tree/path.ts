import { BuildError } from '../build-error.ts';

/**
 * Resolves a path as written in a file of `directory` to a path of the tree; an absolute one begins at the root of the tree. Throws `BuildError` for what leaves
 * the root.
 */
export function resolvePath(directory: string, written: string, at: string): string {
  // File systems end a name there, or throw.
  if (written.includes('\0')) throw new BuildError(`${at}: ${JSON.stringify(written)} is not a path`);
  const parts = directory === '' || written.startsWith('/') ? [] : directory.split('/');
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw new BuildError(`${at}: '${written}' is not in or below the root of the source`);
  }
  return parts.join('/');
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);

/** Whether a path is a directory or below it. */
export const isWithin = (directory: string, path: string): boolean =>
  directory === '' || path === directory || path.startsWith(`${directory}/`);
