export { fetchPack } from './fetch-pack.ts';
export * from './objects.ts';
export * from './reference.ts';
export * from './remote.ts';
