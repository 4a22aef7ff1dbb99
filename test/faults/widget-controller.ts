import { systemClock } from '@gotk/apimachinery';
import { createKubeClient, isNotFound, type KubeClient, type KubeClientOptions } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { type Controller, createManager, type Logger, type Manager, type ManagerOptions, watches } from '@gotk/runtime';
import { type ConfigMap, configMaps, FIELD_MANAGER, holds, partsOf, UID_LABEL, WIDGET_LABEL, type Widget, widgets } from './widget.ts';

export interface WidgetControllerOptions {
  readonly kubeconfigPath: string;
  readonly namespace: string;
  /** Called at the beginning of every run, with the widget's name. */
  readonly onRun?: (name: string) => void;
  readonly concurrency?: number;
  readonly log?: Logger;
  readonly client?: Partial<Omit<KubeClientOptions, 'connection'>>;
  readonly manager?: Partial<ManagerOptions>;
}

export interface WidgetController {
  readonly manager: Manager;
  /** Resolves when `manager.run` did; rejects as it does. */
  readonly ended: Promise<void>;
  /** As SIGTERM would; resolves when everything has ended. */
  stop(): Promise<void>;
}

/** Writes are not cut short by what ends a run: a finalizer that follows must know of everything that was created. The client has a deadline. */
const UNCUT = new AbortController().signal;

/** A controller as a third party would write it, on the public API alone. */
export async function startWidgetController(options: WidgetControllerOptions): Promise<WidgetController> {
  const { kubeconfigPath, namespace } = options;
  const connection = await loadConnection({ kubeconfigPath });
  const client = createKubeClient({ userAgent: `${FIELD_MANAGER}/1`, qps: 1_000, burst: 1_000, ...options.client, connection });
  const manager = createManager({
    name: FIELD_MANAGER,
    instance: `pod-${process.pid}`,
    client,
    clock: systemClock,
    log: options.log ?? silent,
    watchNamespace: namespace,
    minRetryDelayMs: 100,
    maxRetryDelayMs: 2_000,
    ...options.manager,
  });
  manager.add(widgetController(manager, options));
  const stop = new AbortController();
  const ended = manager.run(stop.signal).finally(() => client.close());
  // Whoever awaits it sees the failure; until then it must not count as unhandled.
  ended.catch(() => undefined);
  return {
    manager,
    ended,
    stop() {
      stop.abort();
      return ended;
    },
  };
}

function widgetController(
  { client, informer }: Manager,
  { concurrency = 8, onRun = () => undefined }: Pick<WidgetControllerOptions, 'concurrency' | 'onRun'>,
): Controller<Widget> {
  const cached = informer(widgets);
  const parts = informer(configMaps, {
    labelSelector: WIDGET_LABEL,
    indexes: { widget: ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[WIDGET_LABEL]}`] },
  });

  const isAsWanted = (part: ConfigMap, widget: Widget | undefined): boolean =>
    widget !== undefined && partsOf(widget).some((wanted) => wanted.metadata.name === part.metadata.name && holds(part, wanted));

  return {
    name: 'widget',
    resource: widgets,
    concurrency,
    triggers: [
      watches(parts, ({ kind, object }) => {
        const key = { namespace: object.metadata.namespace ?? '', name: object.metadata.labels?.[WIDGET_LABEL] ?? '' };
        return kind !== 'deleted' && isAsWanted(object, cached.get(key)) ? [] : [{ key, priority: 'normal' }];
      }),
    ],

    async reconcile(widget, { signal, event }) {
      const { name, namespace = '' } = widget.metadata;
      onRun(name);
      const wanted = partsOf(widget);
      let applied = 0;
      for (const part of wanted) {
        if (holds(parts.get({ namespace, name: part.metadata.name }), part)) continue;
        signal.throwIfAborted();
        await client.apply(configMaps, part, { fieldManager: FIELD_MANAGER, force: true, signal: UNCUT });
        applied += 1;
      }
      const names = new Set(wanted.map(({ metadata }) => metadata.name));
      for (const part of parts.byIndex('widget', `${namespace}/${name}`)) {
        signal.throwIfAborted();
        if (!names.has(part.metadata.name)) await remove(client, part);
      }
      if (applied > 0) event({ severity: 'info', reason: 'Applied', message: `applied ${widget.spec.content}` });
      return { reason: 'Succeeded', message: `applied ${widget.spec.content}` };
    },

    async finalize({ metadata: { name, namespace = '', uid } }) {
      onRun(name);
      // Not from the cache, which may not have seen yet what was created last.
      const { items } = await client.list(configMaps, { namespace, labelSelector: `${UID_LABEL}=${uid}`, signal: UNCUT });
      for (const part of items) await remove(client, part);
    },
  };
}

/** Deletes the very object that was seen, as it was seen: what somebody has changed since is looked at again first. */
async function remove(client: KubeClient, { metadata }: ConfigMap): Promise<void> {
  const { name, namespace = '', uid = '', resourceVersion = '' } = metadata;
  try {
    await client.delete(configMaps, { namespace, name }, { uid, resourceVersion, signal: UNCUT });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

const silent: Logger = { debug: () => undefined, info: () => undefined, error: () => undefined, with: () => silent };
