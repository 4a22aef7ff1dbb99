import type { Socket } from 'node:net';

/** Reads the first bytes of a connection, before it is handed on. */
export interface BytesReader {
  exactly(count: number): Promise<Buffer>;
  /** Up to and with the delimiter. Rejects when more than `maxBytes` come without it. */
  until(delimiter: string, maxBytes: number): Promise<Buffer>;
}

/** Takes no byte more than asked for: what follows is for whoever gets the connection next. */
export function readerOf(socket: Socket): BytesReader {
  const read = async (enough: (seen: Buffer) => number | undefined): Promise<Buffer> => {
    let seen = Buffer.alloc(0);
    for (;;) {
      const length = enough(seen);
      if (length !== undefined) {
        if (length < seen.length) socket.unshift(seen.subarray(length));
        return seen.subarray(0, length);
      }
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) await readable(socket);
      else seen = Buffer.concat([seen, chunk]);
    }
  };
  return {
    exactly: (count) => read((seen) => (seen.length >= count ? count : undefined)),
    until: (delimiter, maxBytes) =>
      read((seen) => {
        const at = seen.indexOf(delimiter);
        if (at >= 0) return at + delimiter.length;
        if (seen.length > maxBytes) throw new Error(`the proxy answered with more than ${maxBytes} bytes`);
        return undefined;
      }),
  };
}

function readable(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off('readable', ready).off('end', ended).off('close', ended).off('error', settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    const ready = () => settle();
    const ended = () => settle(new Error('the proxy hung up'));
    socket.once('readable', ready).once('end', ended).once('close', ended).once('error', settle);
  });
}
