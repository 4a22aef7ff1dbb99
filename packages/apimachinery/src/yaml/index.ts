export * from './read.ts';
export * from './render.ts';
