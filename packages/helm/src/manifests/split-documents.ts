/** What Go takes for white space; JavaScript's own idea of it differs in two characters. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING_SPACE = new RegExp(`^${SPACE}+`);
const TRAILING_SPACE = new RegExp(`${SPACE}+$`);
const ONLY_SPACE = new RegExp(`^${SPACE}*$`);

/** Without white space around it. */
export const trimSpace = (text: string): string => text.replace(LEADING_SPACE, '').replace(TRAILING_SPACE, '');

export const isBlank = (text: string): boolean => ONLY_SPACE.test(text);

/**
 * The YAML documents of a rendered file as Helm splits it: at every `---` with which a line begins, whatever follows on that line. What is
 * blank is none; a comment is one.
 */
export function splitDocuments(text: string): readonly string[] {
  const documents = text.replace(LEADING_SPACE, '').split(/(?<![^\n])---[ \t]*/);
  return documents.filter((document) => !isBlank(document)).map((document) => document.replace(LEADING_SPACE, ''));
}
