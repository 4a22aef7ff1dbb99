import type { SemVer } from 'semver';

/** What of a version was left open, by `x` or by saying nothing: everything, all from the minor on, or the patch. */
export type Open = 'all' | 'minor' | 'patch' | undefined;

/** One comparison of a range: `>=1.2`, `!=2.x`. */
export interface Comparator {
  readonly operator: Operator;
  /** With zeros where it was left open. */
  readonly to: SemVer;
  readonly open: Open;
}

export type Operator = keyof typeof RULES;

/** Whether a version passes. That of pre-releases is for the range to say, which may admit them for all of its comparisons or for none. */
export const passes = (version: SemVer, { operator, to, open }: Comparator): boolean => RULES[operator](version, to, open);

type Rule = (version: SemVer, to: SemVer, open: Open) => boolean;

/** `~1.2.3` stays within 1.2, `~1` within 1. Nothing but zeros, or everything open, is any version from there on. */
const tilde: Rule = (version, to, open) => {
  if (version.compare(to) < 0) return false;
  if (to.major === 0 && to.minor === 0 && to.patch === 0 && open !== 'minor' && open !== 'patch') return true;
  return version.major === to.major && (open === 'minor' || version.minor === to.minor);
};

/** `^1.2.3` stays within 1, `^0.2.3` within 0.2, `^0.0.3` is that alone. */
const caret: Rule = (version, to, open) => {
  if (version.compare(to) < 0) return false;
  if (to.major > 0 || open === 'minor') return version.major === to.major;
  if (version.major > 0) return false;
  if (to.minor > 0 || open === 'patch') return version.minor === to.minor;
  return version.minor === 0 && version.patch === to.patch;
};

const equal: Rule = (version, to, open) => (open === undefined ? version.compare(to) === 0 : tilde(version, to, open));

/** `!=1.x` is every version outside of 1. With a pre-release, `!=1.2.x-0` leaves out of 1.2 those of this pre-release alone. */
const unequal: Rule = (version, to, open) => {
  if (open === undefined) return version.compare(to) !== 0;
  if (version.major !== to.major) return true;
  if (open === 'minor') return false;
  if (version.minor !== to.minor) return true;
  if (open === 'patch') return version.comparePre(to) !== 0 && version.prerelease.length + to.prerelease.length > 0;
  return version.patch !== to.patch || version.compare(to) !== 0;
};

/** `>1` begins with 2, `>1.2` with 1.3. */
const greater: Rule = (version, to, open) => {
  if (open === undefined) return version.compare(to) > 0;
  if (version.major !== to.major) return version.major > to.major;
  if (open === 'minor') return false;
  return open === 'patch' ? version.minor > to.minor : version.compare(to) > 0;
};

const less: Rule = (version, to) => version.compare(to) < 0;
const atLeast: Rule = (version, to) => version.compare(to) >= 0;

/** `<=1` ends with the last of 1, `<=1.2` with the last of 1.2. */
const atMost: Rule = (version, to, open) => {
  if (open === undefined) return version.compare(to) <= 0;
  if (version.major !== to.major) return version.major < to.major;
  return open === 'minor' || version.minor <= to.minor;
};

/** Masterminds' operators. */
const RULES = {
  '': equal,
  '=': equal,
  '!=': unequal,
  '>': greater,
  '<': less,
  '>=': atLeast,
  '=>': atLeast,
  '<=': atMost,
  '=<': atMost,
  '~': tilde,
  '~>': tilde,
  '^': caret,
} as const satisfies Readonly<Record<string, Rule>>;
