import { compareVersions, parseVersion, type Version } from '@gotk/apimachinery';
import { quote } from '../../format/quote.ts';
import { byteLength } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';

/** A version as Masterminds' semver has it: what was left out is 0. Compare with `compare`. */
export interface SemanticVersion {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  /** As it was written. */
  readonly original: string;
}

const MAX_BYTES = 256;
const MAX_UINT = 2n ** 64n - 1n;
const WORDS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(`^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${WORDS}))?(?:\\+(${WORDS}))?$`);

/** Throws `FunctionError`, in Masterminds' words. */
export function parseSemantic(original: string): SemanticVersion {
  if (byteLength(original) > MAX_BYTES) throw new FunctionError(`version string is too long (max ${MAX_BYTES} bytes)`);
  const match = VERSION.exec(original);
  if (match === null) throw new FunctionError('invalid semantic version');
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match;
  const version = { major: segment(major), minor: segment(minor), patch: segment(patch), prerelease, metadata, original };
  refusePrerelease(prerelease);
  return version;
}

function segment(digits: string): bigint {
  const value = BigInt(digits);
  if (value <= MAX_UINT) return value;
  throw new FunctionError(`error parsing version segment: strconv.ParseUint: parsing ${quote(digits)}: value out of range`);
}

/** Throws `FunctionError` for what is none. */
export function refusePrerelease(prerelease: string): void {
  if (prerelease === '') return;
  for (const word of prerelease.split('.')) {
    if (/^0[0-9]+$/.test(word)) throw new FunctionError('version segment starts with 0');
    if (!/^[0-9A-Za-z-]+$/.test(word)) throw new FunctionError('invalid prerelease string');
  }
}

/** Throws `FunctionError` for what is none. */
export function refuseMetadata(metadata: string): void {
  const words = metadata === '' ? [] : metadata.split('.');
  if (!words.every((word) => /^[0-9A-Za-z-]+$/.test(word))) throw new FunctionError('invalid metadata string');
}

export function renderSemantic({ major, minor, patch, prerelease, metadata }: Omit<SemanticVersion, 'original'>): string {
  return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
}

/** By precedence, -1, 0 or 1. Throws `FunctionError` for numbers beyond what counts exactly here. */
export function compareSemantic(a: SemanticVersion, b: SemanticVersion): bigint {
  return BigInt(compareVersions(exact(a), exact(b)));
}

function exact(version: SemanticVersion): Version {
  const parsed = parseVersion(version.original);
  if (parsed === undefined)
    throw new FunctionError(`version ${quote(version.original)} has a number beyond 2^53, which cannot be compared`);
  return parsed;
}
