import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { keyOf, type Resource } from '@gotk/apimachinery';
import { createKubeClient, isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { customResourceDefinitions, ensureNamespace, eventually, type Run } from '@gotk/testkit';
import { type ConfigMap, configMaps, holds, isReady, partsOf, WIDGET_LABEL, type Widget, widgetDefinition, widgets } from './widget.ts';
import { startWidgetController, type WidgetController, type WidgetControllerOptions } from './widget-controller.ts';

/** The user's side: a namespace with widgets in it, over a connection that no fault touches. */
export interface Bed extends AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Creates `web-0` … and resolves when the server has them. */
  createWidgets(count: number, spec?: Partial<Widget['spec']>): Promise<void>;
  /** Changes the spec of every widget. */
  updateWidgets(spec: Partial<Widget['spec']>): Promise<void>;
  deleteWidgets(names?: readonly string[]): Promise<void>;
  widgets(): Promise<readonly Widget[]>;
  configMaps(): Promise<readonly ConfigMap[]>;
  /**
   * Waits until every widget says Ready of its present spec, its ConfigMaps are what the spec asks for, and there are no others. Resolves with how long that
   * took; throws an error that names what is still wrong.
   */
  converged(options?: { readonly timeoutMs?: number }): Promise<number>;
}

/** The user's side, and the controller in this process. */
export interface Subject extends Bed {
  readonly controller: WidgetController;
  /** How often each widget has been run so far, by name. */
  readonly runs: ReadonlyMap<string, number>;
  /** The same, one by one and with their times. */
  readonly runLog: readonly Run[];
}

export interface SubjectOptions extends Omit<WidgetControllerOptions, 'namespace' | 'onRun'> {
  /** How the controller reaches the server when it is not as the user does: through a proxy. */
  readonly controllerKubeconfigPath?: string;
  readonly namespace?: string;
}

const TIMEOUT_MS = 20_000;
const within = () => AbortSignal.timeout(TIMEOUT_MS);
/** Starts the controller in this process, in a namespace of its own. Disposing stops it, then empties the namespace. */
export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const { kubeconfigPath, controllerKubeconfigPath = kubeconfigPath } = options;
  const bed = await createBed(options);
  const runs = new Map<string, number>();
  const runLog: Run[] = [];
  try {
    const controller = await startWidgetController({
      ...options,
      kubeconfigPath: controllerKubeconfigPath,
      namespace: bed.namespace,
      onRun(name) {
        runs.set(name, (runs.get(name) ?? 0) + 1);
        runLog.push({ object: name, atMs: Date.now() });
      },
    });
    return {
      ...bed,
      controller,
      runs,
      runLog,
      async [Symbol.asyncDispose]() {
        await controller.stop().finally(() => bed[Symbol.asyncDispose]());
      },
    };
  } catch (error) {
    await bed[Symbol.asyncDispose]();
    throw error;
  }
}

/** The user's side alone, for a controller that runs elsewhere: see `subject-main.ts`. */
export async function createBed({
  kubeconfigPath,
  namespace = `faults-${randomBytes(4).toString('hex')}`,
}: Pick<SubjectOptions, 'kubeconfigPath' | 'namespace'>): Promise<Bed> {
  const connection = await loadConnection({ kubeconfigPath });
  const client = createKubeClient({ connection, userAgent: 'faults-user/1', qps: 1_000, burst: 1_000 });
  await client.apply(customResourceDefinitions, widgetDefinition(), { fieldManager: 'faults-user', force: true, signal: within() });
  await ensureNamespace(client, namespace, within());
  await eventually(() => client.list(widgets, { namespace, signal: within() }));

  const listWidgets = async () => (await client.list(widgets, { namespace, signal: within() })).items;
  const listConfigMaps = async () => (await client.list(configMaps, { namespace, labelSelector: WIDGET_LABEL, signal: within() })).items;

  return {
    client,
    namespace,
    widgets: listWidgets,
    configMaps: listConfigMaps,
    async createWidgets(count, { content = 'first', parts = 2 } = {}) {
      const create = (_: unknown, index: number) => {
        const metadata = { name: `web-${index}`, namespace };
        const widget: Widget = { apiVersion: `${widgets.group}/v1`, kind: 'Widget', metadata, spec: { content, parts } };
        return client.create(widgets, widget, { signal: within() });
      };
      await Promise.all(Array.from({ length: count }, create));
    },
    async updateWidgets(spec) {
      const patch = { type: 'merge', body: { spec } } as const;
      await Promise.all((await listWidgets()).map((widget) => client.patch(widgets, { key: keyOf(widget), patch }, { signal: within() })));
    },
    async deleteWidgets(names) {
      const doomed = names ?? (await listWidgets()).map(({ metadata }) => metadata.name);
      await Promise.all(doomed.map((name) => client.delete(widgets, { namespace, name }, { signal: within() })));
    },
    async converged({ timeoutMs = 60_000 } = {}) {
      const began = performance.now();
      for (;;) {
        const wrong = whatIsWrong(await listWidgets(), await listConfigMaps());
        if (wrong.length === 0) return performance.now() - began;
        if (performance.now() - began > timeoutMs)
          throw new Error(`after ${timeoutMs} ms ${wrong.length} things are still wrong: ${wrong.slice(0, 5).join('; ')}`);
        await delay(50);
      }
    },
    async [Symbol.asyncDispose]() {
      await clear(client, await listWidgets());
      await client.delete(namespaces, { namespace: '', name: namespace }, { signal: within() });
      await client.close();
    },
  };
}

const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

/** What differs from what the widgets ask for, as sentences. */
export function whatIsWrong(present: readonly Widget[], live: readonly ConfigMap[]): readonly string[] {
  const wanted = new Map(present.flatMap(partsOf).map((part) => [part.metadata.name, part]));
  const byName = new Map(live.map((each) => [each.metadata.name, each]));
  return [
    ...present.filter((widget) => !isReady(widget)).map(({ metadata }) => `${metadata.name} is not ready for its spec`),
    ...present.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => `${metadata.name} is still being deleted`),
    ...[...wanted].filter(([name, part]) => !holds(byName.get(name), part)).map(([name]) => `ConfigMap ${name} is not as wanted`),
    ...live.filter(({ metadata }) => !wanted.has(metadata.name)).map(({ metadata }) => `ConfigMap ${metadata.name} belongs to nobody`),
  ];
}

/** Without a controller nobody takes the finalizers away. */
async function clear(client: KubeClient, present: readonly Widget[]): Promise<void> {
  const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
  await Promise.all(
    present.map(async (widget) => {
      try {
        await client.patch(widgets, { key: keyOf(widget), patch }, { signal: within() });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    }),
  );
}
