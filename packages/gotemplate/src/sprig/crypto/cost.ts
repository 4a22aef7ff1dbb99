import type { CallContext } from '../../value/model.ts';

/**
 * What cryptography takes, in the steps of an execution's budget, of which it has 10 million: so many that a chart makes what it needs, and one that goes on making
 * ends as an error. A step is about a microsecond here.
 */
export const COST = {
  /** Blowfish, 1024 times, in JavaScript. */
  bcrypt: 200_000,
  /** 32 MiB, written and read twice. */
  scrypt: 400_000,
  rsa2048: 200_000,
  rsa4096: 1_500_000,
  dsa: 1_000_000,
  /** A key on a curve. */
  curve: 1000,
  /** A signature of an RSA key of 2048 bits, and its verification; it grows with the cube of the bits. */
  signature: 5000,
} as const;

/** Counts a text that is read, and about as much that is made of it. */
export function handled(text: string, { make, spend }: CallContext): void {
  make(text.length * 2);
  spend(text.length / 16);
}
