export * from './archive.ts';
export * from './artifact-error.ts';
export * from './file-server.ts';
export * from './ignore-rules.ts';
export * from './storage.ts';
export * from './tree-cache.ts';
export { type UnpackLimits, unpack } from './unpack.ts';
