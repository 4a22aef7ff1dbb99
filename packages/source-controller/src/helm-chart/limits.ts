/** What a chart may cost. How large one may be are flags: `--helm-chart-max-size` and `--helm-chart-file-max-size`. */
export const LIMITS = {
  redirects: 10,
  /** Charts that another one depends on. */
  dependencies: 200,
  /** For a worker thread. */
  buildMs: 120_000,
  /** Plans remembered of charts in sources. */
  plans: 10_000,
  /** Charts of one source that are looked at together. */
  pathsAtOnce: 1_000,
} as const;
