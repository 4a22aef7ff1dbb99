// By path: the kit is for tests alone, and no package depends on it.
export { eventually, fakeClock } from '../../testkit/src/index.ts';
