/** What a file may ask of whoever decrypts it. */
export interface SopsLimits {
  readonly maxBytes: number;
  /** Values, keys and comments, with YAML's aliases followed. */
  readonly maxNodes: number;
  /** In all key groups. */
  readonly maxMasterKeys: number;
  /** Of an encrypted data key, as it is written, and of all else that is said of the key. */
  readonly maxKeyLength: number;
  /** Of a regular expression in the metadata. */
  readonly maxPatternLength: number;
}

/** The bytes are upstream's. */
export const DEFAULT_LIMITS: SopsLimits = {
  maxBytes: 5 * 1024 * 1024,
  maxNodes: 500_000,
  maxMasterKeys: 100,
  maxKeyLength: 32 * 1024,
  maxPatternLength: 1_000,
};

/** Of anything that nests. */
export const MAX_DEPTH = 100;
