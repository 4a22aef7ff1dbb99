import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';

/** Deployments such as a GitOps controller applies and kube-controller-manager reports on: two managers, some labels, some annotations. */
export const deployments: Resource<KubeObject> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const namespaces: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

const PER_NAMESPACE = 200;
const AT_ONCE = 16;

const namespaceOf = (index: number) => `team-${String(Math.floor(index / PER_NAMESPACE)).padStart(3, '0')}`;

export function deployment(index: number): KubeObject & { readonly spec: unknown } {
  const name = `app-${String(index).padStart(5, '0')}`;
  const selector = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': 'prod' };
  const labels = {
    ...selector,
    'app.kubernetes.io/version': `1.${index % 7}.0`,
    'app.kubernetes.io/managed-by': 'Helm',
    'helm.sh/chart': `app-1.${index % 7}.0`,
    'kustomize.toolkit.fluxcd.io/name': `apps-${index % 100}`,
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: namespaceOf(index),
      labels,
      annotations: {
        'example.com/owner': `https://git.example.com/teams/${namespaceOf(index)}/apps/${name}`,
        'reloader.stakater.com/auto': 'true',
        'checksum/config': `${index}`.padStart(64, '9f'),
      },
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' } },
        spec: {
          serviceAccountName: name,
          containers: [
            {
              name: 'app',
              image: `registry.example.com/team/app:1.${index % 7}.0`,
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [
                { name: 'LOG_LEVEL', value: 'info' },
                { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              ],
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name } }],
        },
      },
    },
  };
}

const status = {
  observedGeneration: 1,
  conditions: ['Available', 'Progressing'].map((type) => ({
    type,
    status: 'True',
    reason: 'MinimumReplicasAvailable',
    message: 'Deployment has minimum availability.',
    lastUpdateTime: '2026-01-02T03:04:05Z',
    lastTransitionTime: '2026-01-02T03:04:05Z',
  })),
};

/** Makes sure that there are `count` of them. */
export async function seed(client: KubeClient, count: number, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < count; index += PER_NAMESPACE) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(index) } };
    await client.apply(namespaces, namespace, { fieldManager: 'bench', force: true, signal });
  }
  let index = 0;
  const worker = async () => {
    for (let own = index++; own < count; own = index++) {
      const wanted = deployment(own);
      const { object, created } = await client.apply(deployments, wanted, { fieldManager: 'kustomize-controller', force: true, signal });
      if (!created && isDeepStrictEqual((object as { status?: unknown }).status, status)) continue;
      const key = { namespace: namespaceOf(own), name: wanted.metadata.name };
      const report = { metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } }, status };
      await client.patch(
        deployments,
        { key, patch: { type: 'merge', body: report } },
        { subresource: 'status', fieldManager: 'kube-controller-manager', signal },
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
