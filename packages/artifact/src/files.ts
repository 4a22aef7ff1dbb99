// What needs no network, for worker threads: nothing else is loaded there.
export * from './archive.ts';
export * from './artifact-error.ts';
export * from './ignore-rules.ts';
export { type UnpackLimits, unpack } from './unpack.ts';
