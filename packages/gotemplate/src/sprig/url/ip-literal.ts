import { quote } from '../../format/quote.ts';
import { FunctionError } from '../../value/function.ts';

/** Throws `FunctionError`, in the words of Go, for what may not stand within brackets: anything but an address of IPv6, with or without a zone. */
export function refuseLiteral(text: string): void {
  const first = /[.:%]/.exec(text)?.[0];
  const reason =
    first === '.' ? wrongV4(text) : first === ':' ? wrongV6(text) : { said: first === '%' ? 'missing IPv6 address' : 'unable to parse IP' };
  if (reason !== undefined)
    throw new FunctionError(
      `invalid host: ParseAddr(${quote(text)}): ${reason.said}${reason.at === undefined ? '' : ` (at ${quote(reason.at)})`}`,
    );
  if (first === '.') throw new FunctionError('invalid IP-literal');
}

interface Reason {
  readonly said: string;
  readonly at?: string;
}

function wrongV4(text: string): Reason | undefined {
  const fields = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const field = fields.at(-1) ?? '';
    if (/[0-9]/.test(character)) {
      if (field === '0') return { said: 'IPv4 field has octet with leading zero' };
      if (Number(field + character) > 255) return { said: 'IPv4 field has value >255' };
      fields[fields.length - 1] = field + character;
    } else if (character !== '.') return { said: 'unexpected character', at: text.slice(at) };
    else if (field === '' || at === text.length - 1) return { said: 'IPv4 field must have at least one digit', at: text.slice(at) };
    else if (fields.length === 4) return { said: 'IPv4 address too long' };
    else fields.push('');
  }
  return fields.length < 4 ? { said: 'IPv4 address too short' } : undefined;
}

const ADDRESS_BYTES = 16;

function wrongV6(text: string): Reason | undefined {
  const zone = text.indexOf('%');
  if (zone === text.length - 1) return { said: 'zone must be a non-empty string' };
  let rest = zone === -1 ? text : text.slice(0, zone);
  let gap = rest.startsWith('::');
  if (gap) rest = rest.slice(2);
  if (gap && rest === '') return undefined;
  let bytes = 0;
  while (bytes < ADDRESS_BYTES) {
    const [digits = ''] = /^[0-9a-fA-F]*/.exec(rest) ?? [];
    if (digits.length > 4) return { said: 'each group must have 4 or less digits', at: rest };
    if (digits === '') return { said: 'each colon-separated field must have at least one digit', at: rest };
    if (rest[digits.length] === '.') {
      const misplaced = wrongPlaceOfV4(bytes, gap);
      if (misplaced !== undefined) return { said: misplaced, at: rest };
      const wrong = wrongV4(rest);
      if (wrong !== undefined) return wrong;
      bytes += 4;
      rest = '';
      break;
    }
    bytes += 2;
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (!rest.startsWith(':')) return { said: 'unexpected character, want colon', at: rest };
    if (rest === ':') return { said: 'colon must be followed by more characters', at: rest };
    rest = rest.slice(1);
    if (!rest.startsWith(':')) continue;
    if (gap) return { said: 'multiple :: in address', at: rest };
    gap = true;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return { said: 'trailing garbage after address', at: rest };
  if (bytes < ADDRESS_BYTES) return gap ? undefined : { said: 'address string too short' };
  return gap ? { said: 'the :: must expand to at least one field of zeros' } : undefined;
}

function wrongPlaceOfV4(bytes: number, gap: boolean): string | undefined {
  if (!gap && bytes !== 12) return 'embedded IPv4 address must replace the final 2 fields of the address';
  return bytes > 12 ? 'too many hex fields to fit an embedded IPv4 at the end of the address' : undefined;
}
