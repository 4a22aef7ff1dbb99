import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject, Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { buildOverlay, isCrd } from './overlay.ts';
import { controllers, repository } from './repository.ts';

const NAMESPACE = 'flux-system';
const objects = buildOverlay(NAMESPACE);

const PORTS = { 'http-prom': 8080, healthz: 9440 } as const;
/** The order is part of the contract: `flux install` patches arguments by their position. */
const ARGS = ['--events-addr=', '--watch-all-namespaces=true', '--log-level=info', '--log-encoding=json', '--enable-leader-election'];
const STORAGE_ARGS = ['--storage-path=/data', '--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.cluster.local.'];
const expectations = {
  'source-controller': {
    args: [...ARGS, ...STORAGE_ARGS],
    ports: { http: 9090, ...PORTS },
    writable: ['/data', '/tmp'],
    strategy: 'Recreate',
  },
  'kustomize-controller': { args: ARGS, ports: PORTS, writable: ['/tmp'], strategy: undefined },
} as const;

describe('every object of the overlay', () => {
  test('is labelled as the flux CLI looks for it', () => {
    const part = { 'app.kubernetes.io/part-of': 'flux', 'app.kubernetes.io/instance': NAMESPACE, 'app.kubernetes.io/version': 'v0.1.0' };

    expect(objects.filter(({ metadata }) => !Object.entries(part).every(([key, value]) => metadata.labels?.[key] === value))).toEqual([]);
  });

  test('is in the namespace, or in none', () => {
    const places = new Set(objects.map(({ metadata }) => metadata.namespace));

    expect([...places].sort()).toEqual([NAMESPACE, undefined]);
  });

  test('says of a CRD which controller it belongs to', () => {
    const components = objects.filter(isCrd).map(({ metadata }) => [metadata.name, metadata.labels?.['app.kubernetes.io/component']]);

    const sources = ['buckets', 'externalartifacts', 'gitrepositories', 'helmcharts', 'helmrepositories', 'ocirepositories'];
    expect(Object.fromEntries(components)).toEqual({
      ...Object.fromEntries(sources.map((plural) => [`${plural}.source.toolkit.fluxcd.io`, 'source-controller'])),
      'kustomizations.kustomize.toolkit.fluxcd.io': 'kustomize-controller',
    });
  });
});

test('artifacts are served at the address that source-controller advertises', () => {
  const service = find<Unstructured & { readonly spec: unknown }>('Service', 'source-controller');

  expect(service.spec).toEqual({
    type: 'ClusterIP',
    selector: { app: 'source-controller' },
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  });
});

describe.each(controllers)('the Deployment of %s', (name) => {
  const { spec, metadata } = find<Deployment>('Deployment', name);
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const expected = expectations[name];

  test('has one container, with the arguments of upstream in their order', () => {
    expect(pod.containers).toHaveLength(1);
    expect(container?.name).toBe('manager');
    expect(container?.args).toEqual(expected.args);
    expect(container?.env).toEqual([{ name: 'RUNTIME_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }]);
  });

  test('runs an image with the tag of the package: the CLI reads the version off it', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8')) as {
      readonly version: string;
    };

    expect(container?.image).toBe(`registry.example.com/gotk/${name}:v${version}`);
    expect(metadata.labels?.['app.kubernetes.io/version']).toBe(`v${version}`);
  });

  test('names its ports, and is probed on one of them', () => {
    expect(Object.fromEntries((container?.ports ?? []).map((port) => [port.name, port.containerPort]))).toEqual(expected.ports);
    expect(container?.livenessProbe).toEqual({ httpGet: { path: '/healthz', port: 'healthz' } });
    expect(container?.readinessProbe).toEqual({ httpGet: { path: '/readyz', port: 'healthz' } });
    expect(spec.template.metadata.annotations).toEqual({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' });
  });

  test('confines the container: nobody, nothing to gain, a read-only root and what it must write', () => {
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(expected.writable);
    expect(pod.volumes.map(({ emptyDir }) => emptyDir)).toEqual(expected.writable.map(() => ({})));
    expect(pod.securityContext).toEqual({ fsGroup: 1337 });
  });

  test('is one replica that is among the last to be evicted, on Linux, as its own account', () => {
    expect(spec.replicas).toBe(1);
    expect(spec.strategy?.type).toBe(expected.strategy);
    expect(pod.priorityClassName).toBe('system-cluster-critical');
    expect(pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(pod.serviceAccountName).toBe(name);
    expect(find('ServiceAccount', name).metadata.namespace).toBe(NAMESPACE);
  });

  test('labels its Pods so that selector, Service and CLI find them', () => {
    expect(spec.selector.matchLabels).toEqual({ app: name });
    expect(spec.template.metadata.labels).toEqual({ ...metadata.labels, app: name });
    expect(metadata.labels?.['app.kubernetes.io/component']).toBe(name);
  });
});

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly unknown[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: unknown;
  readonly readinessProbe: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly strategy?: { readonly type: string };
    readonly selector: { readonly matchLabels: unknown };
    readonly template: {
      readonly metadata: { readonly labels: unknown; readonly annotations: unknown };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly priorityClassName: string;
        readonly nodeSelector: unknown;
        readonly securityContext: unknown;
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly emptyDir?: unknown }[];
      };
    };
  };
}

function find<T extends KubeObject = Unstructured>(kind: string, name: string): T {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`the overlay has no ${kind}/${name}`);
  return found as unknown as T;
}
