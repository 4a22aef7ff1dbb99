import { isRecord, parseJson } from '@gotk/apimachinery';
import type { WatchEvent } from '../client.ts';
import { ProtocolError } from '../errors.ts';
import { lines } from './lines.ts';
import { statusCode, statusError } from './status.ts';

/** The API server takes objects of 3 MiB at most; a line beyond this is not an event. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** On the bookmark after the last of the initial events. */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

interface RawEvent {
  readonly type: string;
  readonly object: { readonly metadata?: { readonly name?: unknown; readonly resourceVersion?: unknown; readonly annotations?: unknown } };
}

/**
 * Decodes a watch: one JSON document a line, whatever the boundaries of the chunks.
 *
 * Throws `ApiError` for an ERROR event and `ProtocolError` for what is no event, for a line without end and for a line that the stream's end cuts short.
 */
export async function* watchEvents<T>(chunks: AsyncIterable<Uint8Array>): AsyncIterable<WatchEvent<T>> {
  for await (const line of lines(chunks, MAX_LINE_BYTES)) {
    const { type, object } = parseEvent(line);
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        if (typeof object.metadata?.name !== 'string') throw new ProtocolError('watch sent an object without a name');
        yield { type, object: object as T };
        break;
      case 'BOOKMARK':
        yield {
          type,
          resourceVersion: String(object.metadata?.resourceVersion ?? ''),
          ...(endsInitialEvents(object) ? { initialEventsEnd: true } : {}),
        };
        break;
      case 'ERROR':
        throw statusError(object, { asked: 'watch', status: statusCode(object) });
      default:
        throw new ProtocolError(`watch sent an event of unknown type '${type.slice(0, 20)}'`);
    }
  }
}

function endsInitialEvents({ metadata }: RawEvent['object']): boolean {
  return isRecord(metadata?.annotations) && metadata.annotations[INITIAL_EVENTS_END] === 'true';
}

function parseEvent(line: string): RawEvent {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch (error) {
    throw new ProtocolError('watch sent a line that is not JSON', { cause: error });
  }
  if (!isEvent(event)) throw new ProtocolError('watch sent a line that is not an event');
  return event;
}

function isEvent(value: unknown): value is RawEvent {
  const { type, object } = (typeof value === 'object' && value !== null ? value : {}) as Partial<RawEvent>;
  return typeof type === 'string' && typeof object === 'object' && object !== null;
}
