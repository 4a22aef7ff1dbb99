import { GitError } from './git-error.ts';

/**
 * One packet of Git's wire protocols: four hexadecimal digits of length, themselves included, then the content. Three short lengths are marks:
 * `0000` flush, `0001` delimiter, `0002` end of response (gitprotocol-common, gitprotocol-v2).
 */
export type Packet = { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

export const FLUSH = '0000';
export const DELIMITER = '0001';

/** A text packet, with the newline that the protocol likes. Throws `GitError` for a text that no packet can hold. */
export function renderPacket(text: string): string {
  const content = `${text}\n`;
  const length = Buffer.byteLength(content) + 4;
  if (length > MAX_SENT_BYTES) throw new GitError('protocol', `a text of ${length} bytes does not fit into a packet`);
  return length.toString(16).padStart(4, '0') + content;
}

const MAX_SENT_BYTES = 65_520;

/** Decodes packets, whatever the boundaries of the chunks. Throws `GitError` for what is none. */
export async function* readPackets(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  // Pieces of a packet wait to be joined until it is whole: joining them as they come would cost the square of their number.
  let pieces: Buffer[] = [];
  let bytes = 0;
  let wanted = 4;
  for await (const chunk of chunks) {
    pieces.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    bytes += chunk.length;
    if (bytes < wanted) continue;
    const joined = Buffer.concat(pieces, bytes);
    let at = 0;
    wanted = 4;
    while (joined.length - at >= 4) {
      const length = lengthAt(joined, at);
      if (typeof length !== 'number') {
        yield { kind: length };
        at += 4;
        continue;
      }
      if (joined.length - at < length) {
        wanted = length;
        break;
      }
      yield { kind: 'data', bytes: joined.subarray(at + 4, at + length) };
      at += length;
    }
    pieces = [joined.subarray(at)];
    bytes -= at;
  }
  if (bytes > 0) throw new GitError('protocol', 'the answer ended in the middle of a packet');
}

function lengthAt(buffer: Buffer, at: number): number | 'flush' | 'delimiter' | 'response-end' {
  const digits = buffer.toString('latin1', at, at + 4);
  if (!/^[0-9a-f]{4}$/i.test(digits)) throw new GitError('protocol', 'the server does not speak the Git protocol');
  const length = Number.parseInt(digits, 16);
  if (length >= 4) return length;
  const mark = (['flush', 'delimiter', 'response-end'] as const)[length];
  if (mark === undefined) throw new GitError('protocol', `packet of impossible length ${length}`);
  return mark;
}

export const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/\n$/, '');
