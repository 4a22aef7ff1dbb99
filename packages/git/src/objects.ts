// What a fetched pack holds, for worker threads: nothing of the network is loaded there.
export * from './git-error.ts';
export type { PackLimits } from './pack/limits.ts';
export { type GitObject, joinedStores, type ObjectStore, type ObjectType } from './pack/object-store.ts';
export { type OpenedPack, type OpenPackOptions, openPack, readPack } from './pack/open-pack.ts';
export { sharesLogin } from './submodule/submodule-url.ts';
export { MAX_SUBMODULE_DEPTH, MAX_SUBMODULES, type Submodule, submodulesOf } from './submodule/submodules-of.ts';
export { type FilesOptions, filesOf, missingBlobs, type TreeFile, treeOf } from './tree/files.ts';
export { isHarmless } from './tree/name.ts';
export { pathWithin } from './tree/path-within.ts';
