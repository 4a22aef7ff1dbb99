const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** A decimal number of 64 bits; the nearest one for what is beyond, 0 for what is none: what Go's `strconv.ParseInt` returns besides its error. */
export function parseInteger64(text: string): bigint {
  const [, sign, digits] = /^([-+]?)0*(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return 0n;
  const most = sign === '-' ? MIN : MAX;
  if (digits.length > 19) return most;
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return value > MAX || value < MIN ? most : value;
}
