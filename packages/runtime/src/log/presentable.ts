import { redact as credentials } from '@gotk/auth';

/** Puts a mask in the place of what is secret in a text. */
export type Redact = (text: string) => string;

export interface Presentation {
  readonly maxCharacters?: number;
  /** Default: what looks like a credential. A mask that knows the Secrets of a namespace does more. */
  readonly redact?: Redact | undefined;
}

/** The longest message that the CRDs' conditions take. */
const MAX_CHARACTERS = 32_768;

/** No credential that is looked for is longer. */
const LONGEST_SECRET = 20_200;

/** A text as it may leave the process: without secrets, and by default no longer than the API server takes in a status. */
export function presentable(text: string, { maxCharacters = MAX_CHARACTERS, redact = credentials }: Presentation = {}): string {
  // Masking megabytes to keep a page would be an attacker's pleasure. But one that ends beyond what is read cannot be seen to be a credential: nothing
  // is shown that could be the beginning of such a one.
  const read = text.slice(0, maxCharacters + LONGEST_SECRET);
  const masked = redact(read);
  if (read.length === text.length && masked.length <= maxCharacters) return masked;
  const certain = read.length === text.length ? masked : masked.slice(0, -LONGEST_SECRET);
  return `${cut(certain, maxCharacters - 3)}...`;
}

/** The text's first `maxCharacters` UTF-16 units, or one fewer: half a character is none, and no JSON. */
function cut(text: string, maxCharacters: number): string {
  return text.slice(0, maxCharacters).replace(/[\uD800-\uDBFF]$/, '');
}

/** The text's beginning, in no more than `maxBytes` of UTF-8, with a mark where it was cut. */
export function withinBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes + 1), 'utf8');
  if (bytes.length <= maxBytes && text.length <= maxBytes) return text;
  const start = bytes.subarray(0, maxBytes - 3).toString('utf8');
  return `${start.replace(/\uFFFD+$/, '')}...`;
}
