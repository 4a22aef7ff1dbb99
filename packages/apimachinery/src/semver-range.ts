import { compareBuild, Range, type SemVer } from 'semver';
import { parseVersion } from './semver-version.ts';

/** The text is not a range of versions. */
export class InvalidRange extends Error {
  override readonly name = 'InvalidRange';
}

/** Longer than any that a person wrote; whoever looks at one takes at most the square of it. */
const MAX_RANGE_CHARACTERS = 4_096;
/** Of versions with parts of a range: about a second. */
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
 * The versions that a range allows, in the order given, in Masterminds' semantics (which Flux and Helm use), over npm's implementation: commas and spaces
 * mean AND, `=>`, `=<` and `!=` exist, a leading `v` and missing parts are accepted, and a range without a pre-release never allows one. Names that are no
 * versions are passed over. Throws `InvalidRange`, also for a range of more parts than so many versions could be compared with in time.
 */
export function allowedVersions(range: string, names: readonly string[]): readonly string[] {
  if (range.length > MAX_RANGE_CHARACTERS) throw new InvalidRange(`the version range is longer than ${MAX_RANGE_CHARACTERS} characters`);
  const { parts, allows } = compileRange(range);
  const versions = names.flatMap((name) => {
    const version = parseVersion(name);
    return version === undefined ? [] : [{ name, version }];
  });
  if (parts > 1 && parts * versions.length > MAX_COMPARISONS)
    throw new InvalidRange(`the version range has ${parts} parts, too many for ${versions.length} versions`);
  return versions.filter(({ version }) => allows(version)).map(({ name }) => name);
}

type Allows = (version: SemVer) => boolean;

interface CompiledRange {
  /** How many comparisons one version may cost. */
  readonly parts: number;
  readonly allows: Allows;
}

function compileRange(text: string): CompiledRange {
  const alternatives = text.split('||').map(compileAlternative);
  return {
    parts: alternatives.reduce((sum, { parts }) => sum + parts, 0),
    allows: (version) => alternatives.some(({ allows }) => allows(version)),
  };
}

/** Parts that all have to hold. One that names a pre-release admits them for all of its neighbours (Masterminds 3.4). */
function compileAlternative(text: string): CompiledRange {
  const parts = text
    .replace(/\s+-\s+/g, ' - ')
    .replace(/([<>=!~^]+)\s+/g, '$1')
    .split(/\s*,\s*|(?<!-)\s+(?!-)/)
    .filter((part) => part !== '');
  const compiled = (parts.length === 0 ? ['*'] : parts).map(compilePart);
  const admitsPrereleases = parts.some((part) => /\d-[0-9A-Za-z]/.test(part));
  return {
    parts: compiled.length,
    allows: (version) => (version.prerelease.length === 0 || admitsPrereleases) && compiled.every((allows) => allows(version)),
  };
}

function compilePart(part: string): Allows {
  if (part.startsWith('!=')) {
    const excluded = rangeOf(part.slice(2), part);
    return (version) => !excluded.test(version);
  }
  const range = rangeOf(part.replace(/^=>/, '>=').replace(/^=</, '<='), part);
  return (version) => range.test(version);
}

function rangeOf(text: string, part: string): Range {
  if (text.length > 256) throw new InvalidRange('the version range is too long');
  try {
    return new Range(text, { includePrerelease: true });
  } catch (error) {
    throw new InvalidRange(`'${part.slice(0, 80)}' is not a range of versions`, { cause: error });
  }
}
