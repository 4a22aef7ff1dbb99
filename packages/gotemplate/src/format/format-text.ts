import { toBytes } from '../value/bytes.ts';
import { type Flags, padded, padding } from './flags.ts';
import { backquote, quote } from './quote.ts';

/** No more characters than the precision allows. */
function truncated(text: string, { precision }: Flags): string {
  if (precision === undefined || text.length <= precision) return text;
  let kept = '';
  let count = 0;
  for (const character of text) {
    if (count === precision) break;
    kept += character;
    count += 1;
  }
  return kept;
}

/** `%s` */
export const formatText = (text: string, flags: Flags): string => padded(truncated(text, flags), flags);

/** `%q` */
export function formatQuoted(text: string, flags: Flags): string {
  const kept = truncated(text, flags);
  const raw = flags.sharp ? backquote(kept) : undefined;
  return padded(raw ?? quote(kept, { ascii: flags.plus }), flags);
}

/** `%x` and `%X`: the bytes in hexadecimal, apart if there is to be space. */
export function formatHex(bytes: Uint8Array | string, flags: Flags, upper: boolean): string {
  const all = typeof bytes === 'string' ? toBytes(bytes) : bytes;
  const shown = flags.precision !== undefined && flags.precision < all.length ? all.subarray(0, flags.precision) : all;
  if (shown.length === 0) return padding(flags.width ?? 0, flags);
  const digits = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'));
  const prefix = flags.sharp ? '0x' : '';
  const text = flags.space ? digits.map((pair) => prefix + pair).join(' ') : prefix + digits.join('');
  const space = padding((flags.width ?? 0) - text.length, flags);
  const cased = upper ? text.toUpperCase() : text;
  return flags.minus ? cased + space : space + cased;
}
