import type { Clock } from '@gotk/apimachinery';
import { request } from 'undici';
import type { Logger } from './log.ts';

/** An event as the notification-controller takes it (`pkg/apis/event/v1beta1`). */
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
  /** Takes the event and returns at once. */
  post(payload: EventPayload): void;
  flush(): Promise<void>;
}

const TIMEOUT_MS = 5_000;
const ATTEMPTS = 4;
const FIRST_RETRY_MS = 500;
const MAX_QUEUED = 1_000;

/** Posts events in the background, in order. A receiver that is down costs memory for at most a thousand events, and the oldest news. */
export function httpEventSink({ url, clock, log }: { readonly url: string; readonly clock: Clock; readonly log: Logger }): EventSink {
  let tail: Promise<void> = Promise.resolve();
  let queued = 0;

  const send = async (payload: EventPayload): Promise<void> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const status = await postOnce(url, payload);
      // 429 says that the same event was seen already: to the sender that is success.
      if (status !== undefined && status < 500) return;
      if (attempt < ATTEMPTS) await clock.sleep(FIRST_RETRY_MS * 2 ** (attempt - 1));
    }
    log.debug('notification-controller did not take an event', { reason: payload.reason });
  };

  return {
    post(payload) {
      if (queued >= MAX_QUEUED) return log.debug('event queue is full, event dropped', { reason: payload.reason });
      queued += 1;
      tail = tail
        .then(() => send(payload))
        .finally(() => {
          queued -= 1;
        });
    },
    flush: () => tail,
  };
}

/** The status of the answer; undefined when there was none. */
async function postOnce(url: string, payload: EventPayload): Promise<number | undefined> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return undefined;
  }
}
