import type { Clock, KubeObject } from '@gotk/apimachinery';
import { createSecretMasks, type SecretMasks } from '@gotk/auth';
import type { KubeClient } from '@gotk/kube';
import type { Logger } from '../log/log.ts';
import { presentable } from '../log/presentable.ts';
import { createClusterEvents, referenceTo } from './cluster-events.ts';
import { metadataOf } from './event-metadata.ts';
import type { EventSink } from './event-sink.ts';
import type { EventDraft } from './events.ts';

/** Reports what happened to an object: a core/v1 Event in its namespace and a post to the notification-controller. Never blocks, never throws. */
export interface Recorder {
  /** `traceparent`: the W3C header of the run that the event tells of. */
  record(object: KubeObject, event: EventDraft, traceparent?: string): void;
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
  /** Where events also go, if `--events-addr` is set. */
  readonly sink?: EventSink;
  /** What is known of each namespace's Secrets. */
  readonly masks?: SecretMasks;
}

/** What the receiver's schema allows. */
const MAX_POSTED_CHARACTERS = 39_000;

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, log, controllerName, instance, sink, masks = createSecretMasks() } = options;
  const cluster = createClusterEvents(options);

  const record: Recorder['record'] = (object, { severity, reason, message: text, metadata: own = {} }, traceparent) => {
    const { redact } = masks.of(object.metadata.namespace ?? '');
    const message = presentable(text, { maxCharacters: MAX_POSTED_CHARACTERS, redact });
    const metadata = metadataOf(object, own, redact);
    cluster.write(object, { type: severity === 'error' ? 'Warning' : 'Normal', reason, message, metadata });
    // Traces tell what was done, to whoever looks at the object; they are no news.
    if (severity === 'trace') return;
    const payload = {
      involvedObject: referenceTo(object),
      severity,
      timestamp: new Date(clock.now()).toISOString(),
      message,
      reason,
      metadata,
      reportingController: controllerName,
      reportingInstance: instance,
    };
    sink?.post(payload, traceparent);
  };

  return {
    record(object, event, traceparent) {
      try {
        record(object, event, traceparent);
      } catch (error) {
        log.error('an event could not be recorded', error, { reason: event.reason });
      }
    },
    async flush() {
      await Promise.all([cluster.flush(), sink?.flush()]);
    },
  };
}
