/** `299 - "unknown field \"spec.x\""`: code, agent, quoted text (RFC 7234, 5.5). Several may share one header line. */
const WARNING = /\b299 \S+ "((?:[^"\\]|\\.)*)"/g;
const MAX_WARNINGS = 20;

/** The texts of an answer's Warning headers: deprecated versions, fields that were dropped. */
export function parseWarnings(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return [...header.matchAll(WARNING)].slice(0, MAX_WARNINGS).map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
