/**
 * Writes what is not ASCII as an escape, which means the same in texts, templates and regular expressions. esbuild leaves regular expressions as they are, and one letter
 * in one of them makes V8 keep the whole program with two bytes a character.
 */
export const ascii = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
