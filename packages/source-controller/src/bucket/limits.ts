const MIB = 1024 * 1024;

/** How much of a bucket is taken: beyond this it costs others their share. */
export const LIMITS = {
  objects: 100_000,
  objectBytes: 100 * MIB,
  totalBytes: 1024 * MIB,
  ignoreFileBytes: MIB,
  artifactBytes: 1024 * MIB,
  /** Fetched at the same time. */
  concurrency: 8,
} as const;
