import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { BuildError, type FileTree } from '@gotk/kustomize';

/** What a file of manifests may have at most. No object takes nearly as much, and what is read is in memory as a whole. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** An unpacked artifact as a build reads it. There are no links in it: none comes out of unpacking. Throws `BuildError` for a file that is too large to be read. */
export function diskTree(root: string): FileTree {
  const lookAt = (path: string): Stats | undefined => lstatSync(join(root, path), { throwIfNoEntry: false });
  return {
    read(path) {
      const info = lookAt(path);
      if (info?.isFile() !== true) return undefined;
      if (info.size > MAX_FILE_BYTES)
        throw new BuildError(`${path}: ${info.size} bytes are more than the ${MAX_FILE_BYTES} that a file may have`);
      return readFileSync(join(root, path));
    },
    list: (path) => (lookAt(path)?.isDirectory() === true ? readdirSync(join(root, path)) : undefined),
  };
}
