export * from './node.ts';
export * from './read.ts';
export * from './read-node.ts';
export * from './render.ts';
export * from './render-node.ts';
export { type PlainScalar, readPlain } from './schema.ts';
