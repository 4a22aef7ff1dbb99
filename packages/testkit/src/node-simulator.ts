import type { KubeObject, Resource } from '@gotk/apimachinery';
import { type ClusterConnection, createInformer, createKubeClient } from '@gotk/kube';
import { createRawApi, type RawApi } from './raw-api.ts';

interface Pod extends KubeObject {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: { readonly phase?: string };
}

const pods: Resource<Pod> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const NODE = 'simulated';

/** A Pod with an image of this name stays Pending. */
export const NEVER_READY = 'never-ready';
/** The Pod of a Job with an image of this name fails. */
export const ALWAYS_FAILS = 'always-fails';

/**
 * What scheduler and kubelet do, as far as the API server can tell: binds every Pod to one node and reports it running, or ended if a
 * Job owns it; finishes deletions. No container runs.
 */
export async function startNodeSimulator(connection: ClusterConnection): Promise<AsyncDisposable> {
  const client = createKubeClient({ connection, userAgent: 'node-simulator', qps: 1_000, burst: 1_000 });
  const api = createRawApi(connection);
  const stop = new AbortController();
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } };
  await api.request({ method: 'POST', path: '/api/v1/nodes', body: node });
  const informer = createInformer({ client, resource: pods });
  const subscription = informer.subscribe((delta) => {
    // What fails was overtaken by another change of the same Pod, which is on its way here.
    if (delta.kind !== 'deleted') void handle(delta.object, api).catch(() => undefined);
  });
  const running = informer.run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]();
      stop.abort();
      await running;
      await Promise.all([client.close(), api.close()]);
    },
  };
}

async function handle(pod: Pod, api: RawApi): Promise<void> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
  if (pod.metadata.deletionTimestamp !== undefined) {
    await api.request({ method: 'DELETE', path, body: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } } });
  } else if (pod.spec.nodeName === undefined) {
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
    await api.request({ method: 'POST', path: `${path}/binding`, body: { metadata: { name: pod.metadata.name }, target } });
  } else if (pod.status?.phase === 'Pending' && !pod.spec.containers.some(({ image }) => image.includes(NEVER_READY))) {
    const contentType = 'application/merge-patch+json';
    await api.request({ method: 'PATCH', path: `${path}/status`, contentType, body: { status: statusOf(pod) } });
  }
}

function statusOf(pod: Pod): unknown {
  const done = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') === true;
  const failed = done && pod.spec.containers.some(({ image }) => image.includes(ALWAYS_FAILS));
  const startedAt = new Date().toISOString();
  const state = done ? { terminated: { exitCode: failed ? 1 : 0, startedAt, finishedAt: startedAt } } : { running: { startedAt } };
  const condition = (type: string, status: boolean) => ({ type, status: status ? 'True' : 'False', lastTransitionTime: startedAt });
  return {
    phase: failed ? 'Failed' : done ? 'Succeeded' : 'Running',
    startTime: startedAt,
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', !done),
      condition('Ready', !done),
    ],
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: image,
      ready: !done,
      restartCount: 0,
      state,
    })),
  };
}
