const MIB = 1024 * 1024;

/** How much of a repository is taken: beyond this it costs others their share. */
export const LIMITS = {
  packBytes: 512 * MIB,
  pack: { maxObjects: 1_000_000, maxObjectBytes: 100 * MIB, maxTotalBytes: 1024 * MIB },
  artifactBytes: 1024 * MIB,
} as const;
