import { latestAllowed } from '@gotk/apimachinery';
import { GitError } from './git-error.ts';
import { handshake, isEmpty, isObjectId, isRefName, lsRefs, type Ref } from './ls-refs.ts';
import type { RemoteConnection } from './remote.ts';

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

/** `main@sha1:<commit>`, or `sha1:<commit>` without a name. */
export const renderRevision = ({ name, commit }: Revision): string => (name === '' ? `sha1:${commit}` : `${name}@sha1:${commit}`);

/**
 * Finds the commit that a reference stands for now. Costs one handshake and one listing, restricted to what is asked for; a commit that is named outright
 * costs the handshake alone. Throws `GitError`, or `InvalidRange` for a version range that is none.
 */
export async function resolveReference(remote: RemoteConnection, spec: ReferenceSpec, signal: AbortSignal): Promise<Revision> {
  if (spec.commit !== undefined && spec.commit !== '') {
    if (!isObjectId(spec.commit)) throw new GitError('reference-not-found', `'${spec.commit.slice(0, 80)}' is not the id of a commit`);
    await handshake(remote, signal);
    return { name: spec.branch ?? '', commit: spec.commit };
  }
  await handshake(remote, signal);
  if (spec.name !== undefined && spec.name !== '') return byName(remote, { name: spec.name, shown: spec.name, what: 'reference' }, signal);
  if (spec.semver !== undefined && spec.semver !== '') return byRange(remote, spec.semver, signal);
  if (spec.tag !== undefined && spec.tag !== '')
    return byName(remote, { name: `refs/tags/${spec.tag}`, shown: spec.tag, what: 'tag' }, signal);
  const branch = spec.branch !== undefined && spec.branch !== '' ? spec.branch : DEFAULT_BRANCH;
  return byName(remote, { name: `refs/heads/${branch}`, shown: branch, what: 'branch' }, signal);
}

interface Wanted {
  readonly name: string;
  readonly shown: string;
  readonly what: 'branch' | 'tag' | 'reference';
}

async function byName(remote: RemoteConnection, { name, shown, what }: Wanted, signal: AbortSignal): Promise<Revision> {
  if (!isRefName(name)) throw new GitError('reference-not-found', `${JSON.stringify(shown.slice(0, 80))} cannot be the name of a ${what}`);
  const refs = await lsRefs(remote, [name], signal);
  const ref = refs.get(name);
  if (ref === undefined) throw await missing(remote, `${what} '${shown}' not found`, signal);
  return { name: shown, commit: commitOf(ref) };
}

async function byRange(remote: RemoteConnection, range: string, signal: AbortSignal): Promise<Revision> {
  const refs = await lsRefs(remote, ['refs/tags/'], signal);
  const tags = new Map([...refs.values()].map((ref) => [ref.name.slice('refs/tags/'.length), ref]));
  const latest = latestAllowed(range, [...tags.keys()]);
  const ref = latest === undefined ? undefined : tags.get(latest);
  if (latest === undefined || ref === undefined) throw await missing(remote, `no tag matches the version range '${range}'`, signal);
  return { name: latest, commit: commitOf(ref) };
}

const commitOf = ({ oid, peeled }: Ref): string => peeled ?? oid;

/** A repository without any reference is a different mistake than a wrong name. */
async function missing(remote: RemoteConnection, message: string, signal: AbortSignal): Promise<GitError> {
  return (await isEmpty(remote, signal))
    ? new GitError('empty-repository', 'the repository is empty: it has no commits yet')
    : new GitError('reference-not-found', message);
}
