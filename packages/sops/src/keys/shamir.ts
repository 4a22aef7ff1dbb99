import { SopsError } from '../sops-error.ts';

/** A product in the field of 256 elements of AES, in the same time whatever the factors are. */
function product(a: number, b: number): number {
  let result = 0;
  for (let bit = 7; bit >= 0; bit--) {
    const doubled = (result << 1) ^ (-(result >> 7) & 0x11b);
    result = doubled ^ (-((b >> bit) & 1) & a);
  }
  return result & 0xff;
}

/** a to the power of 254, which is what inverts it. */
function inverse(a: number): number {
  let result = 1;
  for (let step = 0; step < 7; step++) result = product(product(result, result), a);
  return product(result, result);
}

/**
 * The secret that was split by Shamir's scheme. Each part is the values of a polynomial for each byte of the secret, and behind them where
 * it was taken. Throws `SopsError` for parts that do not belong together.
 */
export function combineParts(parts: readonly Uint8Array[]): Buffer {
  const length = parts[0]?.length ?? 0;
  if (parts.length < 2 || length < 2) throw new SopsError('no-key', 'too few parts of the data key');
  if (parts.some((part) => part.length !== length)) throw new SopsError('no-key', 'the parts of the data key have different lengths');
  const places = parts.map((part) => part[length - 1] ?? 0);
  if (new Set(places).size !== places.length || places.includes(0)) throw new SopsError('no-key', 'two parts of the data key are the same');
  // Lagrange's basis at zero.
  const weights = places.map((own, index) =>
    places.reduce((weight, other, at) => (at === index ? weight : product(weight, product(other, inverse(own ^ other)))), 1),
  );
  const secret = Buffer.alloc(length - 1);
  for (let at = 0; at < secret.length; at++)
    secret[at] = parts.reduce((sum, part, index) => sum ^ product(part[at] ?? 0, weights[index] ?? 0), 0);
  return secret;
}
