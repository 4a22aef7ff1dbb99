import { GitError } from './git-error.ts';

/**
 * One packet of Git's wire protocols: four hexadecimal digits of length, themselves included, then the content. Three short lengths are marks:
 * `0000` flush, `0001` delimiter, `0002` end of response (gitprotocol-common, gitprotocol-v2).
 */
export type Packet = { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

export const FLUSH = '0000';
export const DELIMITER = '0001';

/** A text packet, with the newline that the protocol likes. */
export function renderPacket(text: string): string {
  const content = `${text}\n`;
  return (Buffer.byteLength(content) + 4).toString(16).padStart(4, '0') + content;
}

/** Decodes packets, whatever the boundaries of the chunks. Throws `GitError` for what is none. */
export async function* readPackets(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    buffered = buffered.length === 0 ? Buffer.from(chunk) : Buffer.concat([buffered, chunk]);
    let at = 0;
    while (buffered.length - at >= 4) {
      const digits = buffered.toString('latin1', at, at + 4);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw new GitError('protocol', 'the server does not speak the Git protocol');
      const length = Number.parseInt(digits, 16);
      if (length < 4) {
        const kind = (['flush', 'delimiter', 'response-end'] as const)[length];
        if (kind === undefined) throw new GitError('protocol', `packet of impossible length ${length}`);
        yield { kind };
        at += 4;
        continue;
      }
      if (buffered.length - at < length) break;
      yield { kind: 'data', bytes: buffered.subarray(at + 4, at + length) };
      at += length;
    }
    buffered = buffered.subarray(at);
  }
  if (buffered.length > 0) throw new GitError('protocol', 'the answer ended in the middle of a packet');
}

export const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/\n$/, '');
