const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

const PLAIN = /["\\\u2028\u2029\ud800-\udfff]|[^ -\u{10ffff}]/gu;
/** Besides, what HTML would take for something else. */
const SAFE = /["\\\u2028\u2029\ud800-\udfff<>&]|[^ -\u{10ffff}]/gu;

/** A string of JSON as Go writes it. Bytes that are no character become U+FFFD, as an escape. */
export function jsonString(text: string, { html }: { readonly html: boolean }): string {
  return `"${text.replaceAll(html ? SAFE : PLAIN, escaped)}"`;
}

function escaped(character: string): string {
  if (character >= '\ud800' && character <= '\udfff') return '\\ufffd';
  return ESCAPES.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
