import { ProtocolError } from '../errors.ts';

const NEWLINE = 0x0a;

/**
 * Splits a byte stream into lines of text. A character whose bytes lie in two chunks is decoded whole, because bytes are joined first.
 * Throws `ProtocolError` for a line of more than `maxBytes`, and for a last line that was cut short.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<string> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const rest = bytes.subarray(start, end);
      const line = pending.length === 0 ? rest : Buffer.concat([...pending, rest]);
      [pending, pendingBytes, start] = [[], 0, end + 1];
      if (line.length > maxBytes) throw tooLong(maxBytes);
      if (line.length > 0) yield line.toString('utf8');
    }
    if (start === bytes.length) continue;
    pending.push(bytes.subarray(start));
    pendingBytes += bytes.length - start;
    if (pendingBytes > maxBytes) throw tooLong(maxBytes);
  }
  if (pendingBytes > 0) throw new ProtocolError('stream ended in the middle of a line');
}

const tooLong = (maxBytes: number) => new ProtocolError(`stream sent a line of more than ${maxBytes} bytes`);
