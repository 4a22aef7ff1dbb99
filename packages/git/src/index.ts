export { fetchPack } from './fetch-pack.ts';
export * from './git-error.ts';
export { type ObjectStore, type PackLimits, readPack } from './pack.ts';
export * from './reference.ts';
export * from './remote.ts';
export { filesOf, isHarmless, type TreeFile, treeOf } from './tree.ts';
