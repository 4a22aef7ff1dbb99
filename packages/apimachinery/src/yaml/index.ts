export { compareKeys } from './key-order.ts';
export * from './node.ts';
export * from './read.ts';
export * from './read-node.ts';
export * from './render.ts';
export * from './render-node.ts';
export { type NodePlace, renderNodeScalar } from './render-node-scalar.ts';
export { needsQuotes, type PlainScalar, readPlain } from './schema.ts';
