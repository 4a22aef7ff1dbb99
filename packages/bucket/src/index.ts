export { type AzureLogin, type AzureOptions, azureEndpoint, azureStore, isAzureStorage } from './azure/azure-store.ts';
export * from './bucket-error.ts';
export * from './gcs/gcs-store.ts';
export { type BucketIndex, pathOf, revisionOf } from './index-of.ts';
export type { Page } from './listing/page.ts';
export { type PageReader, pageOf } from './listing/read-listing.ts';
export type * from './object-store.ts';
export * from './s3/s3-store.ts';
