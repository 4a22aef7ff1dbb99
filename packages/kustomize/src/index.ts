export { type BuildOptions, type BuildResult, build } from './build.ts';
export { BuildError } from './build-error.ts';
export type { Overlay } from './kustomization/overlay.ts';
export type { ImageRule } from './kustomization/rules.ts';
export { isClusterScoped } from './resource/cluster-scoped.ts';
export type { FileTree } from './tree/file-tree.ts';
export type { LoadRestrictions, RemoteContent, RemoteSource } from './tree/loader.ts';
export { memoryTree } from './tree/memory-tree.ts';
