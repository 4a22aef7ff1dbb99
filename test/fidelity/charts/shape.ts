const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** Long enough to be no word or number. */
const BASE64 = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=])/g;

/**
 * What is left to compare of a text that was drawn at random: how long it is, where it has other characters than letters and digits, and the same of
 * the texts that are in it as base64. Of certificates and keys, which are not always of one length, what they are.
 */
export const shapeOf = (text: string): string =>
  replaced(text, PEM_BLOCK, { matched: ([, what]) => `(${what})`, between: (rest) => replaced(rest, BASE64, BASE64_SHAPES) });

const lettersOf = (text: string): string => text.replace(/[A-Za-z0-9./+=]/g, 'x');

function decodedShape(code: string): string {
  const bytes = Buffer.from(code, 'base64');
  const isText = bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a);
  return isText ? `base64(${shapeOf(bytes.toString('latin1'))})` : lettersOf(code);
}

interface Replacement {
  readonly matched: (match: RegExpExecArray) => string;
  /** For the texts before, between and after what matches. */
  readonly between: (rest: string) => string;
}

const BASE64_SHAPES: Replacement = { matched: ([code]) => decodedShape(code), between: lettersOf };

function replaced(text: string, pattern: RegExp, { matched, between }: Replacement): string {
  let result = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    result += between(text.slice(at, match.index)) + matched(match);
    at = match.index + match[0].length;
  }
  return result + between(text.slice(at));
}
