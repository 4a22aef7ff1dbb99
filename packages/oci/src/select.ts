import { setImmediate } from 'node:timers/promises';
import { type Clock, InvalidRange, latestAllowed } from '@gotk/apimachinery';
import { RE2JS } from 're2js';
import { type Digest, parseDigest } from './digest.ts';
import { OciError } from './oci-error.ts';
import { isTag } from './reference.ts';
import type { RemoteRepository } from './registry/registry.ts';

/** Which artifact, as `spec.ref` of an OCIRepository has it: a digest before a range of versions, that before a tag. */
export interface ReferenceSpec {
  readonly tag?: string;
  readonly semver?: string;
  /** A regular expression (RE2): only tags that it matches somewhere are versions to choose from. */
  readonly semverFilter?: string;
  readonly digest?: string;
}

/** An artifact, and the tag under which it was found: together they are an artifact's revision. */
export interface OciRevision {
  /** Undefined when the digest was asked for. */
  readonly tag: string | undefined;
  readonly digest: Digest;
}

export const DEFAULT_TAG = 'latest';

/** `<tag>@sha256:<hex>`, or `sha256:<hex>` without a tag. */
export const renderRevision = ({ tag, digest }: OciRevision): string => (tag === undefined ? digest : `${tag}@${digest}`);

export interface ResolveOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * Finds the digest that a reference stands for now. Costs nothing for a digest, one request for a tag, and the list of tags besides for a
 * range. Throws `OciError`: `invalid` for a spec that cannot be met by anything, before anything is asked; or the signal's reason.
 */
export async function resolveReference(
  remote: Pick<RemoteRepository, 'digestOf' | 'tags'>,
  { digest = '', semver = '', semverFilter = '', tag = '' }: ReferenceSpec,
  { signal, clock }: ResolveOptions,
): Promise<OciRevision> {
  if (digest !== '') return { tag: undefined, digest: parseDigest(digest) };
  const chosen =
    semver === '' ? tagIn(tag === '' ? DEFAULT_TAG : tag) : await newestTag(remote, { semver, semverFilter }, { signal, clock });
  return { tag: chosen, digest: await remote.digestOf(chosen, signal) };
}

function tagIn(tag: string): string {
  if (!isTag(tag)) throw new OciError('invalid', `${JSON.stringify(tag.slice(0, 160))} cannot be a tag`);
  return tag;
}

async function newestTag(
  remote: Pick<RemoteRepository, 'tags'>,
  { semver, semverFilter }: { readonly semver: string; readonly semverFilter: string },
  { signal, clock }: ResolveOptions,
): Promise<string> {
  const filter = semverFilter === '' ? undefined : compileFilter(semverFilter);
  newest(semver, []);
  const tags = (await remote.tags(signal)).filter(isVersion);
  const chosen = newest(semver, filter === undefined ? tags : await filtered(tags, filter, { signal, clock }));
  if (chosen === undefined) throw new OciError('no-match', `no match found for semver: ${semver}`);
  return chosen;
}

/**
 * Tags that name a whole version, with or without `v`: those like `6` and `6.1` move from one to the next, and upstream passes them over.
 */
const isVersion = (tag: string): boolean => /^v?\d+\.\d+\.\d+(?:[-+].*)?$/.test(tag);

function newest(range: string, tags: readonly string[]): string | undefined {
  try {
    return latestAllowed(range, tags);
  } catch (error) {
    if (error instanceof InvalidRange)
      throw new OciError('invalid', `semver '${range.slice(0, 160)}' parse error: ${error.message}`, { cause: error });
    throw error;
  }
}

const MAX_FILTER_CHARACTERS = 4_096;
/** Patterns like `((a{0,30}){30}` are short and large. */
const MAX_PROGRAM_SIZE = 10_000;
const MAX_FILTER_MS = 2_000;
/** How long the process is kept from everything else at a time. */
const SLICE_MS = 10;

function compileFilter(pattern: string): RE2JS {
  if (pattern.length > MAX_FILTER_CHARACTERS)
    throw new OciError('invalid', `semverFilter is longer than ${MAX_FILTER_CHARACTERS} characters`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    throw new OciError('invalid', `semverFilter '${pattern.slice(0, 160)}' is not a regular expression (RE2)`, { cause: error });
  }
  if (compiled.programSize() > MAX_PROGRAM_SIZE)
    throw new OciError('invalid', 'semverFilter is too large once its repetitions are written out');
  return compiled;
}

/** Linear in the length of a tag, whatever the pattern; still, somebody else may be waiting. */
async function filtered(tags: readonly string[], filter: RE2JS, { signal, clock }: ResolveOptions): Promise<readonly string[]> {
  const started = clock.monotonic();
  let slice = started;
  const kept: string[] = [];
  for (const tag of tags) {
    if (filter.test(tag)) kept.push(tag);
    const now = clock.monotonic();
    if (now - started > MAX_FILTER_MS)
      throw new OciError('invalid', `semverFilter takes longer than ${MAX_FILTER_MS} ms for ${tags.length} tags`);
    if (now - slice <= SLICE_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    slice = clock.monotonic();
  }
  return kept;
}
