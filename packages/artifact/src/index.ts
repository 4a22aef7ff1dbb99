export * from './file-server.ts';
export * from './files.ts';
export * from './storage.ts';
export * from './tree-cache.ts';
