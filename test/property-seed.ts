import fc from 'fast-check';

/**
 * Properties are tried on the same cases in every run, so that a change is judged by what it changes. `GOTK_SEED=N` tries others, and
 * `make deflake` those of a new seed in each round: what breaks there becomes a test with its case written out.
 */
const { GOTK_SEED } = process.env;
fc.configureGlobal({ seed: GOTK_SEED === undefined ? 1 : Number(GOTK_SEED) });
