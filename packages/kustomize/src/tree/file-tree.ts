/**
 * The files a build may read: a tree whose root nothing can name its way out of. Paths are relative to the root, with `/`, without `.` and `..`;
 * the root itself is ''.
 */
export interface FileTree {
  /** Whether the root is that of a file system, where `..` leads back to it. From any other tree it leads out, and is refused. */
  readonly isFileSystem?: boolean;
  /** The content of a regular file; undefined when there is none at that path. */
  read(path: string): Uint8Array | undefined;
  /** Where a path leads to when there are links on its way; undefined when nothing is there. Without it, there are no links. */
  realPath?(path: string): string | undefined;
  /** The names in a directory, in any order; undefined when it is none. */
  list(path: string): readonly string[] | undefined;
}
