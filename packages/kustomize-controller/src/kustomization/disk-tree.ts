import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '@gotk/kustomize';

/** An unpacked artifact as a build reads it. There are no links in it: none comes out of unpacking. */
export function diskTree(root: string): FileTree {
  const kindOf = (path: string): 'file' | 'directory' | undefined => {
    const info = lstatSync(join(root, path), { throwIfNoEntry: false });
    return info?.isFile() ? 'file' : info?.isDirectory() ? 'directory' : undefined;
  };
  return {
    read: (path) => (kindOf(path) === 'file' ? readFileSync(join(root, path)) : undefined),
    list: (path) => (kindOf(path) === 'directory' ? readdirSync(join(root, path)) : undefined),
  };
}
