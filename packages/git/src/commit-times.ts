import type { RemoteConnection } from './connection.ts';
import { readPack } from './pack/open-pack.ts';

const LIMITS = { maxObjects: 256, maxObjectBytes: 64 * 1024, maxTotalBytes: 1024 * 1024 };
const MAX_BYTES = 1024 * 1024;

/**
 * When commits were made, in seconds since the epoch, by what their committers said. Costs one fetch of these commits alone, from a server
 * that can leave out their files.
 */
export async function commitTimes(
  remote: RemoteConnection,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const chunks: Buffer[] = [];
  const request = { wants: commits, depth: 1, filter: 'tree:0' };
  for await (const chunk of remote.fetch(request, { signal, maxBytes: MAX_BYTES })) chunks.push(chunk);
  const store = readPack(Buffer.concat(chunks), LIMITS);
  return new Map(commits.map((commit) => [commit, timeOf(store.get(commit)?.content)]));
}

/** `committer Name <address> 1700000000 +0100` is in the header, which ends with an empty line. */
function timeOf(commit: Buffer = Buffer.alloc(0)): number {
  const [header = ''] = commit.toString('latin1').split('\n\n', 1);
  return Number(/^committer .*> (\d{1,15}) [+-]\d{4}$/m.exec(header)?.[1] ?? 0);
}
