import { parseJson } from '@gotk/apimachinery';
import type { WatchEvent } from './client.ts';
import { ConnectionError } from './errors.ts';
import { errorFromStatus } from './transport.ts';

/** An object is at most 1.5 MiB in etcd; a line beyond this is not an event. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

interface RawEvent {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly resourceVersion?: string };
    readonly code?: number;
    readonly message?: string;
    readonly reason?: string;
  };
}

/**
 * Decodes a watch: one JSON document a line, whatever the boundaries of the chunks.
 * Throws `ApiError` for an ERROR event and `ConnectionError` for anything that is not an event: the watcher then lists again.
 */
export async function* watchEvents<T>(chunks: AsyncIterable<Uint8Array>): AsyncIterable<WatchEvent<T>> {
  for await (const line of lines(chunks)) {
    const event = parseEvent(line);
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        yield { type: event.type, object: event.object as T };
        break;
      case 'BOOKMARK':
        yield { type: 'BOOKMARK', resourceVersion: event.object.metadata?.resourceVersion ?? '' };
        break;
      case 'ERROR':
        throw errorFromStatus(event.object, { status: event.object.code ?? 500 });
      default:
        throw new ConnectionError(`watch sent an event of unknown type '${event.type.slice(0, 20)}'`);
    }
  }
}

function parseEvent(line: Buffer): RawEvent {
  let parsed: unknown;
  try {
    parsed = parseJson(line.toString('utf8'));
  } catch (error) {
    throw new ConnectionError('watch sent a line that is not JSON', { cause: error });
  }
  const event = parsed as RawEvent | null;
  if (typeof event?.type !== 'string' || typeof event.object !== 'object' || event.object === null)
    throw new ConnectionError('watch sent a line that is not an event');
  return event;
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE, start); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = Buffer.from(chunk.buffer, chunk.byteOffset + start, end - start);
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      restBytes = 0;
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) {
      rest.push(Buffer.from(chunk.subarray(start)));
      restBytes += chunk.length - start;
      if (restBytes > MAX_LINE_BYTES) throw new ConnectionError(`watch sent a line of more than ${MAX_LINE_BYTES} bytes`);
    }
  }
}
