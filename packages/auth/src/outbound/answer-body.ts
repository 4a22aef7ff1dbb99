import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '@gotk/apimachinery';
import { youngGarbage } from '@gotk/apimachinery/garbage';
import { failureOf, HttpFailure } from './http-failure.ts';
import { withoutSecrets } from './shown-url.ts';

export interface BodyOptions {
  readonly target: URL;
  readonly method: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** Whether a compressed answer was asked for, and is to be unpacked. */
  readonly compressed: boolean;
}

/** The body of an answer, which can be read once. Whoever stops before its end gives the connection up. */
export function bodyOf(incoming: IncomingMessage, options: BodyOptions): AsyncIterable<Buffer> {
  const gzip = isGzip(incoming, options);
  let read = false;
  return {
    [Symbol.asyncIterator]() {
      if (read) throw new Error('the body of an answer can be read once');
      read = true;
      return chunks(incoming, gzip, options);
    },
  };
}

async function* chunks(incoming: IncomingMessage, gzip: boolean, { target, signal, maxBytes }: BodyOptions): AsyncGenerator<Buffer> {
  let bytes = 0;
  const passed = youngGarbage();
  try {
    signal.throwIfAborted();
    for await (const chunk of gzip ? unpacked(incoming) : incoming) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw new HttpFailure('too-large', `${withoutSecrets(target)} sent more than ${maxBytes} bytes`);
      yield chunk as Buffer;
      passed((chunk as Buffer).length);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(target, error);
  } finally {
    // Whoever stops early, or unpacks, leaves something behind; what has arrived already does not cost the connection.
    if (incoming.complete) incoming.resume();
    else incoming.destroy();
  }
}

/** Ends as the answer ends, also when it is cut off. The callback is for errors that reading throws as well. */
const unpacked = (incoming: IncomingMessage): Readable => pipeline(incoming, createGunzip(), () => undefined);

/**
 * What was not to be compressed is handed on as it is: servers that take an archive's own compression, or a charset, for an encoding of the
 * transport are common, and nobody wants the archive changed. One that answers in another encoding than it was asked for is up to
 * something.
 */
function isGzip(incoming: IncomingMessage, { target, method, compressed }: BodyOptions): boolean {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const empty =
    method === 'HEAD' || incoming.statusCode === 204 || incoming.statusCode === 304 || incoming.headers['content-length'] === '0';
  if (!compressed || empty || encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new HttpFailure(
    'unreachable',
    `${withoutSecrets(target)} answered in an encoding that was not asked for: '${encoding.slice(0, 40)}'`,
  );
}

/** How long a connection may lie still. A server that computes for longer than that, or a reader that forgot about it, does without. */
const MAX_SILENCE_MS = 5 * 60_000;

/** Cuts the connection of an answer on abort, and when nothing has moved on it for minutes. */
export function watchOver(incoming: IncomingMessage, { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock }): void {
  const { socket } = incoming;
  const cut = () => incoming.destroy();
  const arm = () => {
    const before = socket.bytesRead;
    timer = clock.after(MAX_SILENCE_MS, () => {
      if (socket.bytesRead === before) incoming.destroy(new Error(`nothing moved for ${MAX_SILENCE_MS / 1000} s`));
      else arm();
    });
  };
  let timer: Disposable;
  arm();
  signal.addEventListener('abort', cut, { once: true });
  incoming.once('close', () => {
    timer[Symbol.dispose]();
    signal.removeEventListener('abort', cut);
  });
}
