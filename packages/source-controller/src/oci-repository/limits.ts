const MIB = 1024 * 1024;

/** How much of an artifact is taken: beyond this it costs others their share. */
export const LIMITS = {
  /** As it comes from the registry, compressed. */
  layerBytes: 1024 * MIB,
  artifactBytes: 1024 * MIB,
  /** For a worker thread. */
  archiveMs: 120_000,
  judgeMs: 10_000,
} as const;
