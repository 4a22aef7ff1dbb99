import { GitError, type OpenedPack, openPack } from '@gotk/git/objects';
import { type IdentifiedObject, type SourceQuestion, type SourceVerification, verifySource } from '@gotk/git/signatures';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface VerifyCommit extends Pick<SourceQuestion, 'mode' | 'keys' | 'nowMs'> {
  /** Holds the commit, and the tag if there is one. */
  readonly packFile: string;
  readonly commit: string;
  /** The tag that led to the commit; the id of its object if it has one. */
  readonly tag?: { readonly name: string; readonly object: string | undefined } | undefined;
}

/** Verifies a fetched commit, or the tag on it, or both. Throws `GitError` when the pack does not hold them. */
export async function verifyCommit({ packFile, commit, tag, ...how }: VerifyCommit): Promise<SourceVerification> {
  using store = openPack(packFile, { limits: LIMITS.pack, scratchFile: `${packFile}.objects` });
  return await verifySource({
    ...how,
    commit: objectIn(store, commit),
    tag: tag && { name: tag.name, object: tag.object === undefined ? undefined : objectIn(store, tag.object) },
  });
}

function objectIn(store: OpenedPack, id: string): IdentifiedObject {
  const object = store.get(id);
  if (object === undefined) throw new GitError('protocol', `the server did not send object ${id}`);
  return { id, content: object.content };
}
