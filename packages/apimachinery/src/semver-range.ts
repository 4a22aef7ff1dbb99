import { compareBuild, parse, Range, type SemVer } from 'semver';

/** The text is not a range of versions. */
export class InvalidRange extends Error {
  override readonly name = 'InvalidRange';
}

/**
 * The highest of the versions that a range allows, in Masterminds' semantics (which Flux and Helm use), over npm's implementation: commas and spaces mean AND,
 * `=>`, `=<` and `!=` exist, a leading `v` and missing parts are accepted, and a range without a pre-release never allows one. Names that are no versions are
 * passed over. Throws `InvalidRange`.
 */
export function latestAllowed(range: string, names: readonly string[]): string | undefined {
  const allows = compileRange(range);
  const candidates = names.flatMap((name) => {
    const version = parseVersion(name);
    return version !== undefined && allows(version) ? [{ name, version }] : [];
  });
  candidates.sort((a, b) => compareBuild(b.version, a.version));
  return candidates[0]?.name;
}

/** `1`, `v1.2` and `1.2.3-rc.1+build` are versions. */
function parseVersion(text: string): SemVer | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor = '0', patch = '0', rest = ''] = match;
  return parse(`${major}.${minor}.${patch}${rest}`) ?? undefined;
}

type Allows = (version: SemVer) => boolean;

function compileRange(text: string): Allows {
  const alternatives = text.split('||').map(compileAlternative);
  return (version) => alternatives.some((allows) => allows(version));
}

/** Parts that all have to hold. One that names a pre-release admits them for all of its neighbours (Masterminds 3.4). */
function compileAlternative(text: string): Allows {
  const parts = text
    .replace(/\s+-\s+/g, ' - ')
    .replace(/([<>=!~^]+)\s+/g, '$1')
    .split(/\s*,\s*|(?<!-)\s+(?!-)/)
    .filter((part) => part !== '');
  const compiled = (parts.length === 0 ? ['*'] : parts).map(compilePart);
  const admitsPrereleases = parts.some((part) => /\d-[0-9A-Za-z]/.test(part));
  return (version) => (version.prerelease.length === 0 || admitsPrereleases) && compiled.every((allows) => allows(version));
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
