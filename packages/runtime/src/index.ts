export * from './controller.ts';
export type * from './events.ts';
export type * from './log.ts';
export type * from './manager.ts';
export * from './outcome.ts';
export type * from './reconcile.ts';
