import { redact } from '@gotk/auth';
import { GitError } from './git-error.ts';
import { handshake } from './ls-refs.ts';
import { DELIMITER, FLUSH, readPackets, renderPacket, textOf } from './pkt-line.ts';
import type { RemoteConnection } from './remote.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** Fetches one commit without its history: the pack, as it arrives. Throws `GitError`, or the signal's reason. */
export async function* fetchPack(remote: RemoteConnection, oid: string, { signal, maxBytes }: FetchOptions): AsyncGenerator<Buffer> {
  // A POST follows no redirect: only the handshake finds a repository that has moved.
  await handshake(remote, signal);
  const request = [
    renderPacket('command=fetch'),
    DELIMITER,
    ...['ofs-delta', 'no-progress', 'deepen 1', `want ${oid}`, 'done'].map(renderPacket),
    FLUSH,
  ].join('');
  const body = await remote.post('git-upload-pack', request, { signal, maxBytes });
  let inPack = false;
  for await (const packet of readPackets(body)) {
    if (packet.kind !== 'data') continue;
    if (!inPack) {
      const line = textOf(packet.bytes);
      if (line.startsWith('ERR ')) throw refusal(line.slice(4), oid);
      inPack = line === 'packfile';
      continue;
    }
    // Side band: the first byte says what the rest is.
    switch (packet.bytes[0]) {
      case 1:
        yield packet.bytes.subarray(1);
        break;
      case 2:
        break;
      case 3:
        throw refusal(packet.bytes.toString('utf8', 1), oid);
      default:
        throw new GitError('protocol', 'the server sent a pack on an unknown band');
    }
  }
  if (!inPack) throw new GitError('protocol', 'the server sent no pack');
}

function refusal(message: string, oid: string): GitError {
  const kind = /not our ref|unadvertised|not exist/.test(message) ? 'reference-not-found' : 'protocol';
  return new GitError(kind, `the server would not send commit ${oid}: ${redact(message).trim().slice(0, 200)}`);
}
