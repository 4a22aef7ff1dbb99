/** A value as `--set` understands it: true, false, null, a whole number of 64 bits (a `bigint`, Go's int64), or text. */
export function typedValue(text: string): unknown {
  // With all that Unicode takes for the same letter.
  if (/^true$/iu.test(text)) return true;
  if (/^false$/iu.test(text)) return false;
  if (/^null$/iu.test(text)) return null;
  if (text === '0') return 0n;
  if (text.length > 20 || !/^[-+]?[0-9]+$/.test(text) || text.startsWith('0')) return text;
  const number = BigInt(text.replace(/^\+/, ''));
  return number === BigInt.asIntN(64, number) ? number : text;
}
