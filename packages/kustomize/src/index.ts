export { type BuildResult, build, type Overlay } from './build.ts';
export { BuildError } from './build-error.ts';
export type { ImageRule } from './kustomization/rules.ts';
export type { FileTree } from './tree/file-tree.ts';
export { memoryTree } from './tree/memory-tree.ts';
