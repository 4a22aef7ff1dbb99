import { GitError } from '../git-error.ts';
import type { Answer } from '../transport/transport.ts';
import { quoted } from './greeting.ts';

/** The pack in what a server sends on several bands: the first byte of each packet says what the rest is. Ends with the flush packet. */
export async function* packOf(answer: Answer, wants: readonly string[]): AsyncGenerator<Buffer> {
  for (let packet = await answer.next(); packet !== undefined && packet.kind !== 'flush'; packet = await answer.next()) {
    if (packet.kind !== 'data') continue;
    switch (packet.bytes[0]) {
      case 1:
        yield packet.bytes.subarray(1);
        break;
      case 2:
        break;
      case 3:
        throw refusal(packet.bytes.toString('utf8', 1), wants);
      default:
        throw new GitError('protocol', 'the server sent a pack on an unknown band');
    }
  }
}

/** Why a server would not send a commit. */
export function refusal(words: string, [want = '']: readonly string[]): GitError {
  const kind = /not our ref|unadvertised|not exist/.test(words) ? 'reference-not-found' : 'protocol';
  return new GitError(kind, `the server would not send commit ${want}: ${quoted(words)}`);
}
