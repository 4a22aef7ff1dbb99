import { GitError } from '../git-error.ts';

/**
 * One packet of Git's wire protocols: four hexadecimal digits of length, themselves included, then the content. Three short lengths are
 * marks: `0000` flush, `0001` delimiter, `0002` end of response (gitprotocol-common, gitprotocol-v2).
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

/** Takes packets, and what comes after them, from a stream. */
export interface PacketReader {
  /** The next packet, whatever the boundaries of the chunks; undefined at the end of the stream. Throws `GitError` for what is none. */
  next(): Promise<Packet | undefined>;
  /** Passes over data that is at hand, packet by packet, up to the first that is not `unwanted`: of a million, hardly one is worth a promise and a buffer. */
  passOver(unwanted: Unwanted): void;
  /** All that follows, as it comes: a pack without bands is no packets. */
  rest(): AsyncGenerator<Buffer>;
}

/** Whether nobody needs to see what a packet contains: the bytes of the buffer between the two. */
export type Unwanted = (buffer: Buffer, from: number, to: number) => boolean;

export function packetReader(chunks: AsyncIterator<Uint8Array>): PacketReader {
  // Pieces of a packet wait to be joined until it is whole: joining them as they come would cost the square of their number.
  let pieces: Buffer[] = [];
  let waiting = 0;
  let joined: Buffer = Buffer.alloc(0);
  let at = 0;

  /** Whether so many bytes are at hand now. */
  const has = async (wanted: number): Promise<boolean> => {
    while (joined.length - at + waiting < wanted) {
      const { done, value } = await chunks.next();
      if (done === true) return false;
      pieces.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      waiting += value.byteLength;
    }
    if (joined.length - at < wanted) join();
    return true;
  };
  const join = () => {
    joined = at === joined.length && pieces.length === 1 ? (pieces[0] ?? joined) : Buffer.concat([joined.subarray(at), ...pieces]);
    at = 0;
    pieces = [];
    waiting = 0;
  };

  return {
    async next() {
      if (joined.length - at < 4 && !(await has(4))) {
        if (joined.length - at + waiting > 0) throw cutShort();
        return undefined;
      }
      const length = lengthAt(joined, at);
      if (typeof length !== 'number') {
        at += 4;
        return { kind: length };
      }
      if (joined.length - at < length && !(await has(length))) throw cutShort();
      const bytes = joined.subarray(at + 4, at + length);
      at += length;
      return { kind: 'data', bytes };
    },
    passOver(unwanted) {
      while (joined.length - at >= 4) {
        const length = lengthAt(joined, at);
        if (typeof length !== 'number' || joined.length - at < length || !unwanted(joined, at + 4, at + length)) return;
        at += length;
      }
    },
    async *rest() {
      join();
      if (joined.length > 0) yield joined;
      joined = Buffer.alloc(0);
      for (;;) {
        const { done, value } = await chunks.next();
        if (done === true) return;
        yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      }
    },
  };
}

const cutShort = () => new GitError('protocol', 'the answer ended in the middle of a packet');

const MARKS = ['flush', 'delimiter', 'response-end'] as const;

function lengthAt(buffer: Buffer, at: number): number | (typeof MARKS)[number] {
  let length = 0;
  for (let digit = at; digit < at + 4; digit++) length = length * 16 + hexadecimal(buffer[digit] ?? 0);
  if (Number.isNaN(length)) throw new GitError('protocol', 'the server does not speak the Git protocol');
  if (length >= 4) return length;
  const mark = MARKS[length];
  if (mark === undefined) throw new GitError('protocol', `packet of impossible length ${length}`);
  return mark;
}

/** What a digit of ASCII stands for, or NaN. */
function hexadecimal(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

export const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/\n$/, '');
