/**
 * How many characters at the start of a text are the short name of a zone, or nothing if none is there: three capitals, four or five that end in T, and what some zones
 * are called in spite of that. `GMT` may have an offset in hours, and a zone without a name has one for its name.
 */
export function zoneNameLength(text: string): number | undefined {
  if (text.length < 3) return undefined;
  if (text.startsWith('ChST') || text.startsWith('MeST')) return 4;
  if (text.startsWith('GMT')) return 3 + hoursLength(text.slice(3));
  if (/^[-+]/.test(text)) return hoursLength(text) || undefined;
  const capitals = /^[A-Z]{0,6}/.exec(text)?.[0] ?? '';
  if (capitals.length === 3) return 3;
  const isName =
    (capitals.length === 4 && (capitals.endsWith('T') || capitals === 'WITA')) || (capitals.length === 5 && capitals.endsWith('T'));
  return isName ? capitals.length : undefined;
}

/** A sign and a number up to 23. */
function hoursLength(text: string): number {
  const [all = '', digits = ''] = /^[-+](\d+)/.exec(text) ?? [];
  return Number(digits) > 23 ? 0 : all.length;
}
