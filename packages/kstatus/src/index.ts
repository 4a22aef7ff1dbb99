export type { Status, Verdict } from './status.ts';
export { isStateless, statusOf } from './status-of.ts';
