const MIB = 1024 * 1024;

/** What a repository's index may cost. Its size is a flag: `--helm-index-max-size`. */
export const LIMITS = {
  redirects: 10,
  /** For a worker thread. */
  indexMs: 60_000,
  chooseMs: 10_000,
  /** What is remembered of indexes on disk, all together. */
  lookupBytes: 1024 * MIB,
} as const;
