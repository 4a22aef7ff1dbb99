import { fileURLToPath } from 'node:url';
import { type Resource, renderApiVersion } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import type { ControlPlane } from '@gotk/testkit';
import { configMaps } from './config-map.ts';
import { SEEN } from './shared-objects.ts';

/** Somebody beside us who writes to objects that we apply, in a way and under a name of their own. */
export interface Writer {
  readonly name: string;
  /** Writes once: the `count`th time. Throws when it was not carried out. */
  write(count: number, random: () => number): Promise<unknown>;
  /** Changes the object that everybody changes once. */
  touchRare(): Promise<unknown>;
}

export interface WritersOptions {
  readonly plane: ControlPlane;
  readonly client: KubeClient;
  readonly namespace: string;
}

export const deployments: Resource = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
export const services: Resource = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };
const autoscalers: Resource = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
};

const EDITOR = fileURLToPath(new URL('../editor-main.ts', import.meta.url));
const within = () => AbortSignal.timeout(30_000);
/** Each in turn, so that nothing is left out however few writes a busy machine has time for. */
const nth = <T>(choices: readonly [T, ...T[]], count: number): T => choices[count % choices.length] ?? choices[0];

type Run = (args: readonly string[], options?: { readonly stdin?: string; readonly editing?: number }) => Promise<void>;

/** The real kubectl, in the namespace. */
export function kubectlIn({ plane, namespace }: Pick<WritersOptions, 'plane' | 'namespace'>): Run {
  return async (args, { stdin = '', editing = 0 } = {}) => {
    const env = { KUBE_EDITOR: `"${process.execPath}" "${EDITOR}" ${editing}` };
    const { exitCode, stderr } = await plane.kubectl(['-n', namespace, ...args], { stdin, env });
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  };
}

const configMap = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

/** `kubectl edit` and `kubectl patch`. */
function editor(kubectl: Run): Writer {
  const targets = ['configmap/merged', 'configmap/settings', 'configmap/once', 'deployment/web', 'configmap/left', 'service/web'] as const;
  return {
    name: 'editor',
    async write(count) {
      const target = nth(targets, count);
      if (target !== 'service/web') return await kubectl(['edit', target], { editing: count });
      const patch = JSON.stringify({ metadata: { annotations: { content: null, note: `patched-${count}` } } });
      return await kubectl(['patch', target, '--type=merge', '-p', patch]);
    },
    touchRare: () => kubectl(['edit', 'configmap/rare'], { editing: 1 }),
  };
}

/** `kubectl scale` of a Deployment whose replicas Git names and of one whose replicas it does not, `kubectl set image`; once, `kubectl replace`. */
function scaler(kubectl: Run): Writer {
  return {
    name: 'scaler',
    async write(count, random) {
      const target = `deployment/${nth(['web', 'scaled'], count)}`;
      if (random() < 0.6) return await kubectl(['scale', target, `--replicas=${5 + (count % 3)}`]);
      return await kubectl(['set', 'image', target, `app=web:set-${count}`]);
    },
    // Takes our labels away, too.
    touchRare: () => kubectl(['replace', '-f', '-'], { stdin: JSON.stringify(configMap('rare', { content: 'replaced' })) }),
  };
}

export interface Autoscaler extends Writer {
  /** What was asked for last. */
  readonly replicas: number;
}

/** Asks the real autoscaler, which scales as kube-controller-manager, for another number of replicas; and sets requests as another one would. */
async function autoscaler({ client, namespace }: WritersOptions): Promise<Autoscaler> {
  const specOf = (count: number) => ({ minReplicas: count, maxReplicas: count });
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' };
  const key = { namespace, name: 'scaled' };
  const hpa = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: key, spec: { ...specOf(1), scaleTargetRef } };
  await client.create(autoscalers, hpa, { signal: within() });
  let replicas = 1;
  return {
    name: 'autoscaler',
    get replicas() {
      return replicas;
    },
    async write(count, random) {
      if (random() < 0.5) {
        replicas = 1 + ((replicas + Math.floor(random() * 3)) % 4);
        return await client.patch(autoscalers, { key, patch: { type: 'merge', body: { spec: specOf(replicas) } } }, { signal: within() });
      }
      const body = [{ op: 'add', path: '/spec/template/spec/containers/0/resources', value: { requests: { memory: String(count) } } }];
      return await client.patch(deployments, { key, patch: { type: 'json', body } }, { signal: within(), fieldManager: 'vpa' });
    },
    touchRare() {
      const patch = { type: 'merge', body: { data: { content: null } } } as const;
      return client.patch(configMaps, { key: { namespace, name: 'rare' }, patch }, { signal: within(), fieldManager: 'vpa' });
    },
  };
}

/** `kubectl apply`, with what it applied last in an annotation; by server-side apply where nothing of it is to stay. */
function applier(kubectl: Run): Writer {
  const apply = (object: object, ...flags: readonly string[]) => kubectl(['apply', ...flags, '-f', '-'], { stdin: JSON.stringify(object) });
  const names = ['merged', 'settings', 'once', 'ignored'] as const;
  return {
    name: 'applier',
    write(count, random) {
      const name = nth(names, count);
      // Now and then without what is ours as well: what was applied the last time and is not any more, it deletes.
      const object = configMap(name, { applied: String(count), ...(random() < 0.6 ? { content: `applied-${count}` } : {}) });
      return name === 'settings' && random() < 0.5 ? apply(object, '--server-side', '--force-conflicts') : apply(object);
    },
    touchRare: () => apply(configMap('rare', { content: 'applied' })),
  };
}

/** What it applies beside the name of the object. */
type Own = Readonly<Record<string, unknown>> & { readonly annotations?: Readonly<Record<string, string>> };

/** Applies fields of its own by server-side apply, and takes one of ours now and then, of one object each time. */
function operator({ client, namespace }: WritersOptions): Writer {
  const apply = (resource: Resource, name: string, { annotations, ...fields }: Own) => {
    const metadata = { name, namespace, ...(annotations === undefined ? {} : { annotations }) };
    const object = { apiVersion: renderApiVersion(resource), kind: resource.kind, metadata, ...fields };
    return client.apply(resource, object, { fieldManager: 'operator', force: true, signal: within() });
  };
  const others = ['Service', 'Deployment', 'settings', 'merged', 'once', 'left'] as const;
  return {
    name: 'operator',
    write(count, random) {
      const annotations = { [SEEN]: String(count) };
      const target = count % 2 === 0 ? 'contested' : nth(others, (count - 1) / 2);
      const takes = target === 'contested' || random() < 0.5;
      if (target === 'Service')
        return apply(services, 'web', { annotations, ...(takes ? { spec: { selector: { app: 'operator' } } } : {}) });
      if (target === 'Deployment') return apply(deployments, 'web', { annotations, ...(takes ? { spec: { replicas: 7 } } : {}) });
      const data = { operator: String(count), ...(takes ? { content: `operator-${count}` } : {}) };
      return apply(configMaps, target, { annotations, data });
    },
    touchRare: () => apply(configMaps, 'rare', { data: { content: 'operator' } }),
  };
}

/** The five of them. */
export async function fiveWriters(options: WritersOptions): Promise<{ readonly all: readonly Writer[]; readonly autoscaler: Autoscaler }> {
  const kubectl = kubectlIn(options);
  const scales = await autoscaler(options);
  return { all: [editor(kubectl), scaler(kubectl), scales, applier(kubectl), operator(options)], autoscaler: scales };
}
