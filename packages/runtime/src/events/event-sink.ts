import { type Clock, deadlineSignal } from '@gotk/apimachinery';
import { ANONYMOUS, createHttpClient, type HttpClient } from '@gotk/auth';
import type { Logger } from '../log/log.ts';

/** An event as the notification-controller takes it (`event.toolkit.fluxcd.io/v1beta1`). */
export interface EventPayload {
  readonly involvedObject: Readonly<Record<string, string | undefined>>;
  readonly severity: 'info' | 'error';
  readonly timestamp: string;
  readonly message: string;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reportingController: string;
  readonly reportingInstance: string;
}

export interface EventSink {
  /** Takes the event and returns at once. `traceparent`: the W3C header of the run that it tells of. */
  post(payload: EventPayload, traceparent?: string): void;
  /** Resolves when everything taken so far was delivered or given up. */
  flush(): Promise<void>;
}

export interface EventSinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of each event that is not even tried. */
  readonly onDropped?: (() => void) | undefined;
}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const ATTEMPTS = 5;
const FIRST_RETRY_MS = 500;
const MAX_QUEUED = 1_000;

/**
 * Posts events in the background, one after the other, in the order in which they happened. No answer and 5xx are tried again with growing pauses; any other
 * answer is final: 429 says that the same event was seen already, which to the sender is success.
 *
 * A receiver that is down costs the memory of at most a thousand events: the newest are dropped, and the log says how many.
 */
export function httpEventSink({ url, clock, log, onDropped = () => undefined }: EventSinkOptions): EventSink {
  let tail: Promise<void> = Promise.resolve();
  let queued = 0;
  let dropped = 0;

  // One connection, which stays open while there is something to tell; the receiver is the operator's choice, wherever it is.
  const client = createHttpClient({ access: ANONYMOUS, reach: 'anywhere', clock, connections: 1 });

  const deliver = async (payload: EventPayload, headers: Headers): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await postOnce({ url, payload, headers }, { client, clock });
      if (typeof answer === 'number' && answer < 500) {
        if (answer >= 300 && answer !== 429)
          log.error('the receiver refused an event', undefined, { reason: payload.reason, status: answer });
        return;
      }
      if (attempt === ATTEMPTS) return log.error('the receiver did not take an event', answer, { reason: payload.reason });
      await clock.sleep(FIRST_RETRY_MS * 2 ** (attempt - 1));
    }
  };

  return {
    post(payload, traceparent) {
      if (queued >= MAX_QUEUED) {
        dropped += 1;
        onDropped();
        return;
      }
      if (dropped > 0) log.error('events were dropped while the receiver was behind', undefined, { dropped });
      dropped = 0;
      queued += 1;
      tail = tail
        .then(() => deliver(payload, traceparent === undefined ? {} : { traceparent }))
        .finally(() => {
          queued -= 1;
        });
    },
    flush: () => tail,
  };
}

type Headers = Readonly<Record<string, string>>;

interface Post {
  readonly url: string;
  readonly payload: EventPayload;
  readonly headers: Headers;
}

/** The status of the answer, or why there was none. */
async function postOnce(
  { url, payload, headers }: Post,
  { client, clock }: { readonly client: HttpClient; readonly clock: Clock },
): Promise<number | Error> {
  using deadline = deadlineSignal({ timeoutMs: TIMEOUT_MS, clock });
  try {
    const answer = await client.request(new URL(url), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(payload),
      signal: deadline.signal,
      maxBytes: MAX_ANSWER_BYTES,
    });
    await answer.bytes();
    return answer.status;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
