import { compare, parse, type SemVer } from 'semver';

/** A version that was understood. Compare it with `compareVersions`. */
export type Version = Readonly<Pick<SemVer, 'major' | 'minor' | 'patch' | 'prerelease'>>;

/**
 * A version as Masterminds' `NewVersion` takes it: `1`, `v1.2`, `2025.02.03` and `1.2.3-rc.1+build` are some. Undefined when it is none, or longer than 256
 * characters.
 */
export function parseVersion(text: string): SemVer | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor = '0', patch = '0', rest = ''] = match;
  return parse(`${withoutZeros(major)}.${withoutZeros(minor)}.${withoutZeros(patch)}${rest}`) ?? undefined;
}

/** Whether `parseVersion` takes it. */
export const isVersion = (text: string): boolean => PLAIN.test(text) || parseVersion(text) !== undefined;

/** What nearly all versions look like, and whose numbers are certainly safe integers. */
const PLAIN = /^v?\d{1,15}\.\d{1,15}\.\d{1,15}$/;

const withoutZeros = (digits = '0'): string => (digits.length > 1 ? digits.replace(/^0+(?=\d)/, '') : digits);

/** By precedence: negative when the first one is the lower one. Build metadata does not count. */
export const compareVersions = (a: Version, b: Version): number => compare(a as SemVer, b as SemVer);

/**
 * The version with other build metadata, in full and without a leading `v`: `v1.2` with `abc` is `1.2.0+abc`. Undefined when either is not valid.
 */
export function withBuildMetadata(version: string, metadata: string): string | undefined {
  const parsed = parseVersion(version);
  if (parsed === undefined || !/^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(metadata)) return undefined;
  return `${parsed.version}+${metadata}`;
}
