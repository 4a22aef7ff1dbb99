import type { RemoteConnection } from './connection.ts';
import { GitError } from './git-error.ts';
import { BRANCHES } from './reference.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** The branch that has the commit, if that is known: some servers send nothing but what their branches lead to. */
  readonly branch?: string;
  /** Which objects to leave out, such as `tree:0`; a server that cannot sends them all. */
  readonly filter?: string;
}

/** How far back a commit is looked for on a server that sends nothing but what it lists. */
const HISTORY_DEPTH = 1_000;
/** On so many branches, when none is named. */
const HISTORY_BRANCHES = 100;

/**
 * Fetches one commit: a pack with it, as the pack arrives. It holds no history, except from a server that sends only what its branches and
 * tags lead to: from there comes the history of the branch, to a depth of a thousand commits, and the commit may not be in it. Throws
 * `GitError`, or the signal's reason.
 */
export async function* fetchPack(
  remote: RemoteConnection,
  oid: string,
  { signal, maxBytes, branch = '', filter }: FetchOptions,
): AsyncGenerator<Buffer> {
  const limits = { signal, maxBytes };
  const filtered = filter === undefined ? {} : { filter };
  try {
    yield* remote.fetch({ wants: [oid], depth: 1, ...filtered }, limits);
  } catch (error) {
    // It was refused before anything of a pack was sent.
    if (!(error instanceof GitError && error.kind === 'reference-not-found') || remote.sendsAny !== false) throw error;
    const wants = await branchTips(remote, branch, signal);
    if (wants.length === 0) throw error;
    yield* remote.fetch({ wants, depth: HISTORY_DEPTH, ...filtered }, limits);
  }
}

async function branchTips(remote: RemoteConnection, branch: string, signal: AbortSignal): Promise<readonly string[]> {
  const name = `${BRANCHES}${branch}`;
  const tips = new Set<string>();
  for await (const ref of remote.listRefs([name], signal)) {
    if ((branch === '' && tips.size < HISTORY_BRANCHES) || ref.name === name) tips.add(ref.oid);
  }
  return [...tips];
}
