const HOUR = 3_600_000_000_000n;

const UNITS: readonly (readonly [name: string, nanoseconds: bigint])[] = [
  ['y', 365n * 24n * HOUR],
  ['mo', 30n * 24n * HOUR],
  ['d', 24n * HOUR],
  ['h', HOUR],
  ['m', HOUR / 60n],
  ['s', HOUR / 3600n],
];

/** In whole units of the largest that it is longer than: `2mo`. Which way it goes, does not matter. */
export function roundedDuration(duration: bigint): string {
  const size = duration < 0n ? -duration : duration;
  for (const [name, unit] of UNITS) if (size > unit) return `${size / unit}${name}`;
  return '0s';
}
