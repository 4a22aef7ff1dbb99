import { compareVersions, InvalidRange, latestAllowed, parseVersion } from '@gotk/apimachinery';
import { commitTimes } from './commit-times.ts';
import type { RemoteConnection } from './connection.ts';
import { GitError } from './git-error.ts';
import { isObjectId, isRefName, type Ref } from './protocol/ref.ts';

/** What to check out, as `GitRepository.spec.ref` has it; the most specific field that is set wins. */
export interface ReferenceSpec {
  readonly branch?: string;
  readonly tag?: string;
  readonly semver?: string;
  readonly name?: string;
  readonly commit?: string;
}

/** A commit, and the name under which it was found: together they are an artifact's revision. */
export interface Revision {
  /** `main`, `v1.2.3` or `refs/pull/1/head`; '' when only a commit was asked for. */
  readonly name: string;
  readonly commit: string;
}

export const DEFAULT_BRANCH = 'master';
export const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';

/** `main@sha1:<commit>`, or `sha1:<commit>` without a name. */
export const renderRevision = ({ name, commit }: Revision): string => (name === '' ? `sha1:${commit}` : `${name}@sha1:${commit}`);

/**
 * Finds the commit that a reference stands for now. Costs one handshake and one listing, restricted to what is asked for where the server
 * can do that; a commit that is named outright costs the handshake alone. Throws `GitError`, or `InvalidRange` for a version range that is
 * none.
 */
export async function resolveReference(remote: RemoteConnection, spec: ReferenceSpec, signal: AbortSignal): Promise<Revision> {
  if (spec.commit !== undefined && spec.commit !== '') {
    if (!isObjectId(spec.commit)) throw new GitError('reference-not-found', `'${spec.commit.slice(0, 80)}' is not the id of a commit`);
    await remote.handshake(signal);
    return { name: spec.branch ?? '', commit: spec.commit };
  }
  if (spec.name !== undefined && spec.name !== '') return byName(remote, { name: spec.name, shown: spec.name, what: 'reference' }, signal);
  if (spec.semver !== undefined && spec.semver !== '') return byRange(remote, spec.semver, signal);
  if (spec.tag !== undefined && spec.tag !== '')
    return byName(remote, { name: `${TAGS}${spec.tag}`, shown: spec.tag, what: 'tag' }, signal);
  const branch = spec.branch !== undefined && spec.branch !== '' ? spec.branch : DEFAULT_BRANCH;
  return byName(remote, { name: `${BRANCHES}${branch}`, shown: branch, what: 'branch' }, signal);
}

interface Wanted {
  readonly name: string;
  readonly shown: string;
  readonly what: 'branch' | 'tag' | 'reference';
}

/** What an annotated tag stands for may be asked for by name, as `git ls-remote` shows it: upstream's users do. */
const PEELED = '^{}';

async function byName(remote: RemoteConnection, { name, shown, what }: Wanted, signal: AbortSignal): Promise<Revision> {
  const peeled = what === 'reference' && name.endsWith(PEELED);
  const listed = peeled ? name.slice(0, -PEELED.length) : name;
  if (!isRefName(listed))
    throw new GitError('reference-not-found', `${JSON.stringify(shown.slice(0, 80))} cannot be the name of a ${what}`);
  let found: Ref | undefined;
  for await (const ref of remote.listRefs([listed], signal)) if (ref.name === listed) found = ref;
  const commit = found?.peeled ?? (peeled ? undefined : found?.oid);
  if (commit === undefined) throw await missing(remote, `${what} '${shown}' not found`, signal);
  return { name: shown, commit };
}

/** Versions that are compared at once: a listing may be longer than anybody wants to keep. */
const BATCH = 512;
/** Of versions with parts of a range, in all: some seconds, a batch at a time. */
const MAX_COMPARISONS = 2_000_000;

async function byRange(remote: RemoteConnection, range: string, signal: AbortSignal): Promise<Revision> {
  let best: readonly Ref[] = [];
  let batch: Ref[] = [];
  let compared = 0;
  const parts = range.split(/\|\||[\s,]+/).length;
  const compare = () => {
    compared += batch.length;
    if (parts > 1 && parts * compared > MAX_COMPARISONS)
      throw new InvalidRange(`the version range has ${parts} parts, too many for so many tags`);
    best = highest(range, [...best, ...batch]);
    batch = [];
  };
  // A range that is none is told before anybody is asked.
  compare();
  for await (const ref of remote.listRefs([TAGS], signal)) if (batch.push(ref) === BATCH) compare();
  compare();
  const chosen = (await newest(remote, best, signal)) ?? best[0];
  if (chosen === undefined) throw await missing(remote, `no tag matches the version range '${range}'`, signal);
  return { name: tagOf(chosen), commit: commitOf(chosen) };
}

const tagOf = ({ name }: Ref): string => name.slice(TAGS.length);
const commitOf = ({ oid, peeled }: Ref): string => peeled ?? oid;

/** So many tags of one version are told apart by their times; a fetch for more would be somebody's attempt at something. */
const MAX_TIED = 64;

/**
 * The tags with the highest version that a range allows: several when they differ in build metadata, or in how they write it. The one with
 * the highest metadata is the first.
 */
function highest(range: string, refs: readonly Ref[]): readonly Ref[] {
  const tags = new Map(refs.map((ref) => [tagOf(ref), ref]));
  const latest = latestAllowed(range, [...tags.keys()]);
  const version = latest === undefined ? undefined : parseVersion(latest);
  const first = latest === undefined ? undefined : tags.get(latest);
  if (first === undefined || version === undefined) return [];
  const others = refs.filter((ref) => {
    const other = ref === first ? undefined : parseVersion(tagOf(ref));
    return other !== undefined && compareVersions(other, version) === 0;
  });
  return [first, ...others].slice(0, MAX_TIED);
}

/**
 * Of tags with one version, upstream takes that of the latest commit. A server that cannot tell of commits alone leaves it at what the
 * metadata says.
 */
async function newest(remote: RemoteConnection, tied: readonly Ref[], signal: AbortSignal): Promise<Ref | undefined> {
  const commits = [...new Set(tied.map(commitOf))];
  if (commits.length < 2 || remote.canFilter !== true) return undefined;
  const times = await commitTimes(remote, commits, signal);
  return tied.toSorted((a, b) => (times.get(commitOf(b)) ?? 0) - (times.get(commitOf(a)) ?? 0))[0];
}

/** A repository without any reference is a different mistake than a wrong name. */
async function missing(remote: RemoteConnection, message: string, signal: AbortSignal): Promise<GitError> {
  // Does not wait for more than the first.
  for await (const _ of remote.listRefs([], signal)) return new GitError('reference-not-found', message);
  return new GitError('empty-repository', 'the repository is empty: it has no commits yet');
}
