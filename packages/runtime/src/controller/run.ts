import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import type { Recorder } from '../events/recorder.ts';
import type { Logger } from '../log/log.ts';
import type { Redact } from '../log/presentable.ts';
import type { OwnedConditions } from '../status/conditions.ts';
import { type ExtraRequest, isRequested, pendingRequest } from '../status/requests.ts';
import { statusOf } from '../status/status.ts';
import { type StatusWriter, statusWriter } from '../status/status-writer.ts';
import { seenIn, statusInProgress, withChange } from '../status/summarise.ts';
import { noSpan, type Span } from '../tracing/span.ts';
import type { ReconcileContext, Woken } from './reconcile.ts';

export interface RunOptions<T extends KubeObject> {
  readonly object: T;
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly fieldManager: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Keeps the Secrets of the object's namespace out of what it says. */
  readonly redact?: Redact | undefined;
  readonly conditions?: OwnedConditions | undefined;
  readonly requests?: readonly ExtraRequest[] | undefined;
  /** See `Controller.remembers`. */
  readonly remembers?: readonly string[] | undefined;
  readonly span?: Span | undefined;
  /** Absent: somebody asks now. */
  readonly woken?: Woken | undefined;
  /** Begins a wait for strangers, which is disposed when it ends. */
  readonly wait?: (() => Disposable) | undefined;
}

/** One run of a reconciler: what it may do, and the status it writes on the way. */
export interface Run<T extends KubeObject> {
  readonly context: ReconcileContext;
  readonly status: StatusWriter<T>;
  /** The run is over: nothing more is written on its behalf. Resolves when what was being written has been. */
  settle(): Promise<void>;
}

/** A run that ends sooner has no progress worth a write, nor has a step that does. */
const PROGRESS_GRACE_MS = 1_000;

export function createRun<T extends KubeObject>(options: RunOptions<T>): Run<T> {
  const { object, clock, recorder, log, signal } = options;
  const status = statusWriter(object, options);
  const seen = seenIn(object, options.requests);
  const at = () => ({ seen, nowMs: clock.now(), owned: options.conditions, redact: options.redact });
  let message: string | undefined;
  let written: string | undefined;
  let state: 'in-grace' | 'late' | 'settled' = 'in-grace';
  let timer: Disposable | undefined;

  /** After each write as before the first: where all takes long, as on a machine with too much to do, a write for each step is what it has too much of. */
  const rest = () => {
    state = 'in-grace';
    timer?.[Symbol.dispose]();
    timer = clock.after(PROGRESS_GRACE_MS, () => {
      state = 'late';
      writeProgress();
    });
  };
  const writeProgress = () => {
    const text = message;
    if (state !== 'late' || text === undefined || text === written) return;
    written = text;
    rest();
    status
      .write((current) => (state === 'settled' ? statusOf(current) : statusInProgress(current, text, at())))
      // Progress is a courtesy: failing to say it must not fail the run.
      .catch((error) => log.debug('progress was not written', { error: String(error) }));
  };
  rest();

  return {
    status,
    context: {
      signal,
      log,
      clock,
      span: options.span ?? noSpan,
      woken: options.woken ?? { atMs: clock.monotonic(), priority: 'normal' },
      requestedAt: pendingRequest(object),
      isRequested: (request) => options.requests?.includes(request) === true && isRequested(object, request),
      progress(text) {
        message = text;
        writeProgress();
      },
      record(change) {
        if (state === 'settled') return Promise.reject(new Error('the run is over: its status can no longer be written'));
        rest();
        return status.write((current) => withChange(current, change, at()));
      },
      async waitForStrangers(what) {
        using _wait = options.wait?.();
        return await what();
      },
      event: (event) => recorder.record(object, event),
    },
    async settle() {
      state = 'settled';
      timer?.[Symbol.dispose]();
      // Asks for nothing new, and so ends when everything asked for before has.
      await status.write(statusOf).catch(() => undefined);
    },
  };
}
