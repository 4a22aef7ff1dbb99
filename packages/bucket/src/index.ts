export * from './bucket-error.ts';
export { type BucketIndex, pathOf, revisionOf } from './index-of.ts';
export type * from './object-store.ts';
export * from './s3/s3-store.ts';
