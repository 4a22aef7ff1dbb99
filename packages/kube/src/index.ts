export type * from './client.ts';
export type * from './connection.ts';
export * from './create-informer.ts';
export * from './errors.ts';
export type * from './informer.ts';
export * from './informer-set.ts';
export * from './kube-client.ts';
export type * from './rest-mapper.ts';
