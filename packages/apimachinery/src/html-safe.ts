/** JSON text as Go's `encoding/json` writes it: what HTML or JavaScript would take for something else is escaped. */
export const htmlSafe = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
