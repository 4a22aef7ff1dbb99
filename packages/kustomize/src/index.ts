export { type BuildResult, build, type Overlay } from './build.ts';
export { BuildError } from './build-error.ts';
export type { ImageRule } from './kustomization-file.ts';
export { memoryTree } from './memory-tree.ts';
export type { FileTree } from './ports.ts';
