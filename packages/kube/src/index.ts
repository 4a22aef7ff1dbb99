export type * from './client.ts';
export type * from './connection.ts';
export * from './errors.ts';
export type * from './informer.ts';
export type * from './rest-mapper.ts';
