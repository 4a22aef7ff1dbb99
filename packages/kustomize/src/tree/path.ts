import { BuildError } from '../build-error.ts';

/** Where a path stands, for messages, and whether the root of its tree has no way out but leads back to itself. */
export interface PathContext {
  readonly at: string;
  readonly isFileSystem?: boolean | undefined;
}

/**
 * Resolves a path as written in a file of `directory` to a path of the tree; an absolute one begins at the root of the tree. Throws `BuildError` for what leaves
 * the root.
 */
export function resolvePath(directory: string, written: string, { at, isFileSystem = false }: PathContext): string {
  // File systems end a name there, or throw.
  if (written.includes('\0')) throw new BuildError(`${at}: ${JSON.stringify(written)} is not a path`);
  const parts = directory === '' || written.startsWith('/') ? [] : directory.split('/');
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined && !isFileSystem)
      throw new BuildError(`${at}: '${written}' is not in or below the root of the source`);
  }
  return parts.join('/');
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);

/** Whether a path is a directory or below it. */
export const isWithin = (directory: string, path: string): boolean =>
  directory === '' || path === directory || path.startsWith(`${directory}/`);

/** A path without what leads nowhere: `.`, empty parts, and `..` behind the part that it goes back from. */
export function cleanPath(parts: readonly string[]): string {
  const clean: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part === '..' && clean.length > 0 && clean.at(-1) !== '..') clean.pop();
    else clean.push(part);
  }
  return clean.join('/');
}
