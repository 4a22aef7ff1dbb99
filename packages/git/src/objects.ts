// What a fetched pack holds, for worker threads: nothing of the network is loaded there.
export * from './git-error.ts';
export { type ObjectStore, type PackLimits, readPack } from './pack.ts';
export { filesOf, isHarmless, type TreeFile, treeOf } from './tree.ts';
