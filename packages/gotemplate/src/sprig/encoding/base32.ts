import { FunctionError } from '../../value/function.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (character, value) => [character, value]));
const BITS = 5;
const GROUP = 8;

export function encodeBase32(bytes: Uint8Array): string {
  let encoded = '';
  let [held, count] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (count += 8; count >= BITS; count -= BITS) encoded += ALPHABET.charAt((held >> (count - BITS)) & 31);
  }
  if (count > 0) encoded += ALPHABET.charAt((held << (BITS - count)) & 31);
  return encoded.padEnd(Math.ceil(encoded.length / GROUP) * GROUP, '=');
}

/** Bytes of base32. Ends of lines are passed over. Throws `FunctionError` that names the first byte that is wrong, as Go counts. */
export function decodeBase32(text: string): Uint8Array {
  const characters = text.replaceAll(/[\r\n]/g, '');
  const bytes = new Uint8Array(Math.floor((characters.length * BITS) / 8));
  let [held, count, end] = [0, 0, 0];
  const digits = digitsOf(characters);
  for (let at = 0; at < digits; at += 1) {
    held = ((held << BITS) | (VALUES.get(characters.charAt(at)) ?? 0)) & 0xfff;
    count += BITS;
    if (count < 8) continue;
    count -= 8;
    bytes[end] = (held >> count) & 0xff;
    end += 1;
  }
  return bytes.subarray(0, end);
}

/** How many characters come before the padding. */
function digitsOf(characters: string): number {
  const { length } = characters;
  for (let at = 0; at < length; at += 1) {
    const [inGroup, left] = [at % GROUP, length - at - 1];
    if (characters[at] === '=' && inGroup >= 2 && left < GROUP) {
      refusePadding(characters, { at, inGroup, left });
      return at;
    }
    if (!VALUES.has(characters.charAt(at))) throw corrupt(at);
  }
  if (length % GROUP !== 0) throw corrupt(length - (length % GROUP));
  return length;
}

interface Padding {
  readonly at: number;
  readonly inGroup: number;
  readonly left: number;
}

function refusePadding(characters: string, { at, inGroup, left }: Padding): void {
  const missing = GROUP - 1 - inGroup;
  if (left < missing) throw corrupt(characters.length);
  for (let index = 0; index < missing; index += 1) {
    if (characters[at + 1 + index] !== '=') throw corrupt(at + index);
  }
  // These many bits would not end with a byte.
  if (inGroup === 3 || inGroup === 6) throw corrupt(at);
}

const corrupt = (at: number): FunctionError => new FunctionError(`illegal base32 data at input byte ${at}`);
