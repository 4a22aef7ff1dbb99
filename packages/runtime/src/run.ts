import type { Clock, Resource } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import type { Logger } from './log.ts';
import type { ReconcileContext } from './reconcile.ts';
import type { Recorder } from './recorder.ts';
import { type StatusWriter, statusWriter } from './status-writer.ts';
import { pendingRequest, type StatusBearing, statusInProgress, withChange } from './summarise.ts';

export interface RunOptions<T extends StatusBearing> {
  readonly object: T;
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** One run of a reconciler: what it may do, and the status it writes on the way. */
export interface Run<T extends StatusBearing> extends AsyncDisposable {
  readonly context: ReconcileContext;
  readonly status: StatusWriter<T>;
  /** No more progress is written; resolves when what was being written has been. */
  settle(): Promise<void>;
}

/** A run that ends sooner has no progress worth a write. */
const PROGRESS_GRACE_MS = 1_000;

export function createRun<T extends StatusBearing>({ object, client, resource, clock, recorder, log, signal }: RunOptions<T>): Run<T> {
  const status = statusWriter(object, { client, resource, clock, signal });
  let message: string | undefined;
  let late = false;
  let settled = false;
  let writing: Promise<void> = Promise.resolve();

  const writeProgress = () => {
    if (!late || settled || message === undefined) return;
    const text = message;
    // Progress is a courtesy: failing to say it must not fail the run.
    writing = status
      .write((current) => statusInProgress(current, text, clock.now()))
      .catch((error) => log.debug('progress not written', { error: String(error) }));
  };
  const timer = clock.after(PROGRESS_GRACE_MS, () => {
    late = true;
    writeProgress();
  });
  const settle = async () => {
    settled = true;
    timer[Symbol.dispose]();
    await writing;
  };

  return {
    status,
    settle,
    context: {
      signal,
      log,
      clock,
      requestedAt: pendingRequest(object),
      progress(text) {
        message = text;
        writeProgress();
      },
      record: (change) => status.write((current) => withChange(current, change, clock.now())),
      event: (event) => recorder.record(object, event),
    },
    [Symbol.asyncDispose]: settle,
  };
}
