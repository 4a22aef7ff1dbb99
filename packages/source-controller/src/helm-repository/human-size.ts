const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes as upstream shows them: powers of a thousand, four digits. */
export function humanSize(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** power).toPrecision(4))}${UNITS[power]}`;
}
