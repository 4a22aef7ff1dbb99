import { FunctionError } from '../../value/function.ts';

/** Bytes of base64. Ends of lines are passed over. Throws `FunctionError` that names the first byte that is wrong, as Go counts. */
export function decodeBase64(characters: string): Uint8Array {
  const wrong = firstWrong(characters);
  if (wrong !== undefined) throw new FunctionError(`illegal base64 data at input byte ${wrong}`);
  return Buffer.from(characters, 'base64');
}

const OTHER = /[^A-Za-z0-9+/]/;

function firstWrong(characters: string): number | undefined {
  const { length } = characters;
  const other = characters.search(OTHER);
  let held = other === -1 ? length % 4 : 0;
  for (let at = other === -1 ? length : other - (other % 4); at < length; at += 1) {
    const character = characters.charAt(at);
    if (/[\r\n]/.test(character)) continue;
    if (!OTHER.test(character)) held = (held + 1) % 4;
    else return character === '=' && held >= 2 ? wrongPadding(characters, { at: at + 1, missing: 3 - held }) : at;
  }
  return held === 0 ? undefined : length - held;
}

/** From behind the first `=` on. */
function wrongPadding(characters: string, { at, missing }: { readonly at: number; readonly missing: number }): number | undefined {
  const { length } = characters;
  let next = behindLines(characters, at);
  if (missing > 0) {
    if (next === length) return length;
    if (characters[next] !== '=') return next - 1;
    next = behindLines(characters, next + 1);
  }
  return next < length ? next : undefined;
}

function behindLines(characters: string, from: number): number {
  let at = from;
  while (/[\r\n]/.test(characters.charAt(at))) at += 1;
  return at;
}
