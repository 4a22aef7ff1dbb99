export * from './applier.ts';
export * from './drift-watch.ts';
export * from './errors.ts';
export * from './health.ts';
export * from './inventory.ts';
export * from './ledger.ts';
export * from './owner.ts';
export * from './prune.ts';
