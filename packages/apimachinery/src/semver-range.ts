import { compareBuild, type SemVer } from 'semver';
import { type Comparator, type Open, type Operator, passes } from './semver-comparator.ts';
import { parseVersion } from './semver-version.ts';

/** The text is not a range of versions. */
export class InvalidRange extends Error {
  override readonly name = 'InvalidRange';
}

/** Masterminds' own limits. */
const MAX_RANGE_CHARACTERS = 512;
const MAX_ALTERNATIVES = 32;
/** Of versions with parts of a range: about a tenth of a second. */
const MAX_COMPARISONS = 1_000_000;

/**
 * The highest of the versions that a range allows; of those that differ in build metadata only, the highest of that. Names that are no versions are passed
 * over. Throws `InvalidRange` as `allowedVersions` does.
 */
export function latestAllowed(range: string, names: readonly string[]): string | undefined {
  const candidates = allowedVersions(range, names).map((name) => ({ name, version: parseVersion(name) }));
  candidates.sort((a, b) => (a.version === undefined || b.version === undefined ? 0 : compareBuild(b.version, a.version)));
  return candidates[0]?.name;
}

/**
 * The versions that a range allows, in the order given, by the rules of Masterminds' semver 3, which Flux and Helm use; npm's differ in many (`!=`, commas, what a pre-release
 * admits, `x` beside one). Nothing at all means any version. Names that are no versions are passed over. Throws `InvalidRange`, also for a range that is longer, or has more
 * alternatives, than Masterminds takes.
 */
export function allowedVersions(range: string, names: readonly string[]): readonly string[] {
  const alternatives = parseRange(range);
  const parts = alternatives.reduce((sum, { comparators }) => sum + comparators.length, 0);
  if (parts > 1 && parts * names.length > MAX_COMPARISONS)
    throw new InvalidRange(`the version range has ${parts} parts, too many for ${names.length} versions`);
  return names.filter((name) => {
    const version = parseVersion(name);
    return version !== undefined && alternatives.some((alternative) => allows(alternative, version));
  });
}

interface Alternative {
  /** All of them have to pass. */
  readonly comparators: readonly Comparator[];
  /** One that names a pre-release admits them for all of its neighbours. */
  readonly admitsPrereleases: boolean;
}

const allows = ({ comparators, admitsPrereleases }: Alternative, version: SemVer): boolean =>
  (admitsPrereleases || version.prerelease.length === 0) && comparators.every((comparator) => passes(version, comparator));

function parseRange(text: string): readonly Alternative[] {
  if (text.length > MAX_RANGE_CHARACTERS) throw new InvalidRange(`the version range is longer than ${MAX_RANGE_CHARACTERS} characters`);
  if (text.trim() === '') return [{ comparators: [], admitsPrereleases: false }];
  const parts = text.replace(SPAN, '>= $1, <= $2 ').split('||');
  if (parts.length > MAX_ALTERNATIVES) throw new InvalidRange(`the version range has more than ${MAX_ALTERNATIVES} alternatives`);
  return parts.map((part) => {
    const comparators = parseComparators(part);
    return { comparators, admitsPrereleases: comparators.some(({ to }) => to.prerelease.length > 0) };
  });
}

const NUMBER = '[0-9]+|[xX*]';
const WORDS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = `v?(?:${NUMBER})(?:\\.(?:${NUMBER})){0,2}(?:-${WORDS})?(?:\\+${WORDS})?`;
/** `1.0 - 2.0` */
const SPAN = new RegExp(`\\s*(${VERSION})\\s+-\\s+(${VERSION})\\s*`, 'g');
const COMPARATOR = new RegExp(`\\s*(!=|>=|=>|<=|=<|~>|[=<>~^]?)\\s*(${VERSION})`, 'y');
/** Space, or a comma. */
const BETWEEN = /\s*,|\s(?=\s*\S)|\s*$/y;

function parseComparators(text: string): readonly Comparator[] {
  const comparators: Comparator[] = [];
  for (let at = 0; at === 0 || at < text.length; ) {
    COMPARATOR.lastIndex = at;
    const match = COMPARATOR.exec(text);
    BETWEEN.lastIndex = COMPARATOR.lastIndex;
    const comparator = match === null ? undefined : comparatorOf(match[1] as Operator, match[2] ?? '');
    if (comparator === undefined || !BETWEEN.test(text)) throw refusal(text);
    comparators.push(comparator);
    // A comma promises more.
    if (BETWEEN.lastIndex === text.length && text.endsWith(',')) throw refusal(text);
    at = BETWEEN.lastIndex;
  }
  return comparators;
}

function comparatorOf(operator: Operator, text: string): Comparator | undefined {
  const [, major = '', minor, patch, rest = ''] = /^v?([^.+-]+)(?:\.([^.+-]+))?(?:\.([^.+-]+))?((?:[+-].*)?)$/.exec(text) ?? [];
  const [prerelease = ''] = /^-[^+]*/.exec(rest) ?? [];
  const open: Open = isOpen(major) ? 'all' : isOpen(minor) ? 'minor' : isOpen(patch) ? 'patch' : undefined;
  const to = parseVersion(zeroed(open, [major, minor, patch]) + (open === undefined ? rest : prerelease));
  return to === undefined ? undefined : { operator, to, open };
}

const isOpen = (part: string | undefined): boolean => part === undefined || /^[xX*]$/.test(part);

function zeroed(open: Open, [major = '', minor = '', patch = '']: readonly (string | undefined)[]): string {
  switch (open) {
    case 'all':
      return '0.0.0';
    case 'minor':
      return `${major}.0.0`;
    case 'patch':
      return `${major}.${minor}.0`;
    case undefined:
      return `${major}.${minor}.${patch}`;
  }
}

const refusal = (text: string) => new InvalidRange(`'${text.trim().slice(0, 80)}' is not a range of versions`);
