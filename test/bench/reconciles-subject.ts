// The process that `reconciles-main.ts` measures: a manager with a reconciler that does nothing.
//
// Started with node's IPC; its first message is `Setting`. Answers each message with `Answer`.
import { type KubeObject, keyOf, type Resource, systemClock } from '@gotk/apimachinery';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createManager, type Logger, type Wake } from '@gotk/runtime';

export interface Setting {
  readonly kubeconfigPath: string;
  readonly namespace: string;
  readonly resource: Resource<KubeObject>;
  readonly count: number;
  readonly concurrency: number;
}

/** `first`: starts the controller, which writes finalizer and status of each object. `again`: wakes every object at once; nothing is to be written. */
export type Question = { readonly pass: 'first'; readonly setting: Setting } | { readonly pass: 'again' };

export interface Answer {
  /** From the first run to the last, for `first` until the last status has come back by the watch (milliseconds). */
  readonly tookMs: number;
  readonly requests: number;
}

interface WithStatus extends KubeObject {
  readonly status?: { readonly observedGeneration?: number };
}

const silent: Logger = { debug: () => undefined, info: () => undefined, error: (...what) => console.error(...what), with: () => silent };

async function start(setting: Setting) {
  const { kubeconfigPath, namespace, count, concurrency } = setting;
  const resource = setting.resource as Resource<WithStatus>;
  const connection = await loadConnection({ kubeconfigPath });
  let requests = 0;
  const client = createKubeClient({ connection, userAgent: 'reconciles/1', onRequest: () => (requests += 1) });
  const manager = createManager({
    name: 'reconciles',
    instance: 'bench',
    client,
    clock: systemClock,
    log: silent,
    watchNamespace: namespace,
  });
  const objects = manager.informer(resource);
  let wake: (wake: Wake) => void = () => undefined;
  let runs = 0;
  let beganAt = 0;
  let onRun: () => void = () => undefined;
  manager.add({
    name: 'reconciles',
    resource,
    triggers: [
      {
        name: 'all',
        subscribe(by) {
          wake = by;
          return { [Symbol.dispose]: () => undefined };
        },
      },
    ],
    concurrency,
    reconcile() {
      if (runs === 0) beganAt = performance.now();
      runs += 1;
      if (runs === count) onRun();
      return Promise.resolve({ reason: 'Succeeded', message: 'nothing to do' });
    },
    finalize: () => Promise.resolve(),
  });

  /** One run of each object. */
  const pass = async (begin: () => void, end: Promise<unknown>): Promise<Answer> => {
    const before = requests;
    runs = 0;
    const ran = new Promise<void>((resolve) => {
      onRun = resolve;
    });
    begin();
    await Promise.all([ran, end]);
    return { tookMs: performance.now() - beganAt, requests: requests - before };
  };

  return {
    first() {
      const written = new Set<string>();
      const allWritten = new Promise<void>((resolve) => {
        objects.subscribe(({ object: { metadata, status } }) => {
          if (status?.observedGeneration === metadata.generation) written.add(metadata.name);
          if (written.size === count) resolve();
        });
      });
      return pass(() => void manager.run(new AbortController().signal), allWritten);
    },
    again: () =>
      pass(() => {
        for (const object of objects.list()) wake({ key: keyOf(object), priority: 'normal' });
      }, Promise.resolve()),
  };
}

let subject: Awaited<ReturnType<typeof start>> | undefined;
process.on('message', async (question: Question) => {
  if (question.pass === 'first') subject = await start(question.setting);
  process.send?.(await (question.pass === 'first' ? subject?.first() : subject?.again()));
});
// Whoever asks is gone.
process.on('disconnect', () => process.exit(0));
