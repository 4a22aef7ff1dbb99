export { type BuildResult, build, type Overlay } from './build.ts';
export { BuildError } from './build-error.ts';
export { memoryTree } from './memory-tree.ts';
export type { FileTree } from './ports.ts';
export type { ImageRule } from './rules.ts';
