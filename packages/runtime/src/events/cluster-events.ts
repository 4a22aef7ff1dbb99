import { type Clock, deadlineSignal, type KubeObject, latest, type Resource, type Unstructured } from '@gotk/apimachinery';
import { isNotFound, type KubeClient } from '@gotk/kube';
import type { Logger } from '../log/log.ts';
import { withinBytes } from '../log/presentable.ts';
import { createEventBudget } from './event-budget.ts';

/** What a core/v1 Event says. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ClusterEvents {
  /** Takes the event and returns at once. */
  write(object: KubeObject, event: ClusterEvent): void;
  flush(): Promise<void>;
}

export interface ClusterEventsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly controllerName: string;
  readonly instance: string;
}

const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
const MAX_MESSAGE_BYTES = 1_024;
const TIMEOUT_MS = 10_000;
/** Beyond this, events wait longer than they are worth. */
const MAX_QUEUED = 5_000;
/** The same event within this time is counted, not written anew: `x5 over 3m`. */
const SAME_WITHIN_MS = 600_000;
const MAX_REMEMBERED = 4_096;

interface Written {
  readonly key: { readonly namespace: string; readonly name: string };
  readonly count: number;
  /** Monotonic: the wall clock may jump. */
  readonly lastMs: number;
}

/** When something happened: by the wall clock for people, by the monotonic one for spans. */
interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Writes core/v1 Events in the background, one after the other, each object within its budget. What the server will not take is lost, and nothing else. */
export function createClusterEvents({ client, clock, log, controllerName, instance }: ClusterEventsOptions): ClusterEvents {
  const budget = createEventBudget({ clock });
  const written = latest<string, Written>(MAX_REMEMBERED);
  let tail: Promise<void> = Promise.resolve();
  let queued = 0;

  const send = async (object: KubeObject, event: ClusterEvent, { wallMs, monotonicMs }: Moment): Promise<void> => {
    using deadline = deadlineSignal({ timeoutMs: TIMEOUT_MS, clock });
    const { signal } = deadline;
    const same = JSON.stringify([
      object.metadata.uid,
      object.kind,
      object.metadata.namespace,
      object.metadata.name,
      event.type,
      event.reason,
      event.message,
    ]);
    const before = written.get(same);
    if (before !== undefined && monotonicMs - before.lastMs < SAME_WITHIN_MS) {
      const count = before.count + 1;
      const body = { count, lastTimestamp: timeOf(wallMs), metadata: { annotations: event.metadata } };
      try {
        await client.patch(events, { key: before.key, patch: { type: 'merge', body } }, { signal });
        return written.set(same, { ...before, count, lastMs: monotonicMs });
      } catch (error) {
        // The server keeps events for an hour, or the namespace was made anew: this one starts over.
        if (!isNotFound(error)) throw error;
      }
    }
    const created = await client.create(events, render(object, event, wallMs), { signal });
    written.set(same, { key: { namespace: created.metadata.namespace ?? '', name: created.metadata.name }, count: 1, lastMs: monotonicMs });
  };

  const render = (object: KubeObject, { type, reason, message, metadata }: ClusterEvent, atMs: number): Unstructured => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${object.metadata.name.slice(0, 200)}.${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`,
      namespace: object.metadata.namespace ?? 'default',
      ...(Object.keys(metadata).length === 0 ? {} : { annotations: metadata }),
    },
    involvedObject: referenceTo(object),
    reason,
    message: withinBytes(message, MAX_MESSAGE_BYTES),
    type,
    source: { component: controllerName },
    reportingComponent: controllerName,
    reportingInstance: instance,
    firstTimestamp: timeOf(atMs),
    lastTimestamp: timeOf(atMs),
    count: 1,
  });

  return {
    write(object, event) {
      if (queued >= MAX_QUEUED || !budget.allows(object.metadata.uid ?? '')) return;
      const at = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
      queued += 1;
      tail = tail
        .then(() => send(object, event, at))
        // The namespace is going away, or we may not write there.
        .catch((error) => log.debug('event was not written', { reason: event.reason, error: String(error) }))
        .finally(() => {
          queued -= 1;
        });
    },
    flush: () => tail,
  };
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** core/v1 ObjectReference. */
export function referenceTo({ apiVersion, kind, metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}
