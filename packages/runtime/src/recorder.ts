import { type Clock, gvkOf, type KubeObject, type Resource } from '@gotk/apimachinery';
import { ApiError, type KubeClient } from '@gotk/kube';
import type { EventSink } from './event-sink.ts';
import type { EventDraft } from './events.ts';
import type { Logger } from './log.ts';

/** Reports what happened to an object: a core/v1 Event in its namespace and a post to the notification-controller. Never blocks, never throws. */
export interface Recorder {
  record(object: KubeObject, event: EventDraft): void;
  /** Resolves when everything recorded so far was sent or given up. */
  flush(): Promise<void>;
}

export interface RecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Such as `kustomize-controller`. */
  readonly controllerName: string;
  /** The pod's name. */
  readonly instance: string;
  readonly redact: (text: string) => string;
  /** Where events also go, if `--events-addr` is set. */
  readonly sink?: EventSink;
}

const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
const MAX_MESSAGE_BYTES = 1024;
const SEND_TIMEOUT_MS = 10_000;
/** client-go's spam filter: so many events of one object at once, then one every five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;
/** Beyond this, events wait longer than they are worth. */
const MAX_QUEUED = 1_000;

export function createRecorder({ client, clock, log, controllerName, instance, redact, sink }: RecorderOptions): Recorder {
  const buckets = new Map<string, { tokens: number; filledAtMs: number }>();
  let tail: Promise<void> = Promise.resolve();
  let queued = 0;

  const allowed = (uid: string): boolean => {
    const now = clock.monotonic();
    const bucket = buckets.get(uid) ?? { tokens: BURST, filledAtMs: now };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.filledAtMs) / REFILL_MS);
    bucket.filledAtMs = now;
    buckets.set(uid, bucket);
    if (buckets.size > 10_000) for (const [key, { tokens }] of buckets) if (tokens >= BURST - 1) buckets.delete(key);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };

  const post = async (object: KubeObject, event: EventDraft): Promise<void> => {
    const time = new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const namespace = object.metadata.namespace ?? 'default';
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${object.metadata.name.slice(0, 200)}.${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`,
        namespace,
        ...(event.metadata === undefined ? {} : { annotations: prefixed(object, event.metadata) }),
      },
      involvedObject: referenceTo(object),
      reason: event.reason,
      message: truncate(event.message),
      type: event.severity === 'error' ? 'Warning' : 'Normal',
      source: { component: controllerName },
      reportingComponent: controllerName,
      reportingInstance: instance,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    try {
      await client.create(events, body, { signal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
    } catch (error) {
      // The namespace is going away, or we may not write there: the event is lost, and nothing else.
      log.debug('event not written', { reason: event.reason, error: error instanceof ApiError ? error.reason : String(error) });
    }
  };

  return {
    record(object, draft) {
      const event = { ...draft, message: redact(draft.message) };
      if (event.severity !== 'trace') {
        sink?.post({
          involvedObject: referenceTo(object),
          severity: event.severity,
          timestamp: new Date(clock.now()).toISOString(),
          message: event.message,
          reason: event.reason,
          metadata: { ...userMetadata(object), ...prefixed(object, event.metadata ?? {}) },
          reportingController: controllerName,
          reportingInstance: instance,
        });
      }
      if (queued >= MAX_QUEUED || !allowed(object.metadata.uid ?? '')) return;
      queued += 1;
      tail = tail
        .then(() => post(object, event))
        .finally(() => {
          queued -= 1;
        });
    },
    async flush() {
      await tail;
      await sink?.flush();
    },
  };
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** The keys that the notification-controller reads: the object's API group, then the plain name. */
function prefixed(object: KubeObject, metadata: Readonly<Record<string, string>>): Record<string, string> {
  const { group } = gvkOf(object);
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.includes('/') ? key : `${group}/${key}`, value]));
}

const USER_METADATA = 'event.toolkit.fluxcd.io/';

function userMetadata({ metadata }: KubeObject): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(USER_METADATA)));
}

function truncate(message: string): string {
  const bytes = Buffer.from(message, 'utf8');
  return bytes.length <= MAX_MESSAGE_BYTES
    ? message
    : `${bytes
        .subarray(0, MAX_MESSAGE_BYTES - 4)
        .toString('utf8')
        .replace(/\uFFFD$/, '')}…`;
}
