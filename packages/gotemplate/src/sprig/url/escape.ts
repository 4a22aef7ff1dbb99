import { quote } from '../../format/quote.ts';
import { FunctionError } from '../../value/function.ts';
import { byteCharacters, fromByteCharacters } from '../text/byte-characters.ts';

/** A part of a URL, as to which characters have a meaning in it. */
export type UrlPart = 'path' | 'user' | 'host' | 'zone' | 'fragment';

const UNRESERVED = 'A-Za-z0-9\\-_.~';
const PLAIN: Readonly<Record<UrlPart, RegExp>> = {
  path: new RegExp(`[${UNRESERVED}$&+,/:;=@]`),
  user: new RegExp(`[${UNRESERVED}$&+,;=]`),
  host: new RegExp(`[${UNRESERVED}!$&'()*+,;=:[\\]<>"]`),
  zone: new RegExp(`[${UNRESERVED}!$&'()*+,;=:[\\]<>"]`),
  fragment: new RegExp(`[${UNRESERVED}$&+,/:;=?@!()*]`),
};

/** Percent signs and two digits for every byte that is not itself in this part. */
export function escapePart(text: string, part: UrlPart): string {
  return Array.from(byteCharacters(text), (character) => (PLAIN[part].test(character) ? character : hexOf(character))).join('');
}

const hexOf = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** The inverse. Throws `FunctionError`, in Go's words, for what is none, and what a host cannot have. */
export function unescapePart(text: string, part: UrlPart): string {
  const bytes = byteCharacters(text);
  const isHost = part === 'host' || part === 'zone';
  const unescaped = bytes.replaceAll(/%([\s\S]{0,2})|[^%]/g, (found, digits: string | undefined) => {
    if (digits === undefined) {
      if (isHost && found < '\x80' && !PLAIN[part].test(found)) throw new FunctionError(`invalid character ${quote(found)} in host name`);
      return found;
    }
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw refused(found);
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    // Of a host, only what is no ASCII may be written like this.
    if (part === 'host' && character < '\x80' && found !== '%25') throw refused(found);
    if (part === 'zone' && found !== '%25' && character !== ' ' && !PLAIN.host.test(character)) throw refused(found);
    return character;
  });
  return fromByteCharacters(unescaped);
}

const refused = (found: string): FunctionError => new FunctionError(`invalid URL escape ${quote(fromByteCharacters(found))}`);
