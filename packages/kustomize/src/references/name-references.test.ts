import { describe, expect, test } from 'vitest';
import { build } from '../build.ts';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { memoryTree } from '../tree/memory-tree.ts';

/** `type`: apiVersion and kind. */
function of(type: string, name: string, rest: JsonMap = {}): JsonMap {
  const [apiVersion = '', kind = ''] = type.split(' ');
  return { apiVersion, kind, metadata: { name }, ...rest };
}
const manifest = (...objects: readonly JsonMap[]): string => objects.map((object) => JSON.stringify(object)).join('\n---\n');

/** What the last object becomes when all get a prefix. */
function prefixed(...objects: readonly JsonMap[]): unknown {
  const files = { 'kustomization.yaml': 'namePrefix: p-\nresources: [a.yaml]\n', 'a.yaml': manifest(...objects) };
  return build(memoryTree(files), '.').objects.at(-1);
}

const POD_SPEC = (name: string): JsonMap => ({
  serviceAccountName: name,
  priorityClassName: name,
  imagePullSecrets: [{ name }],
  containers: [
    {
      name: 'c',
      env: [{ valueFrom: { configMapKeyRef: { name } } }, { valueFrom: { secretKeyRef: { name } } }],
      envFrom: [{ configMapRef: { name } }, { secretRef: { name } }],
    },
  ],
  initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name } }] }],
  volumes: [
    { configMap: { name } },
    { secret: { secretName: name } },
    { persistentVolumeClaim: { claimName: name } },
    { projected: { sources: [{ configMap: { name } }, { secret: { name } }] } },
  ],
});

const NAMED: readonly JsonMap[] = [
  of('v1 ConfigMap', 'x'),
  of('v1 Secret', 'x'),
  of('v1 ServiceAccount', 'x'),
  of('v1 PersistentVolumeClaim', 'x'),
  of('v1 PersistentVolume', 'x'),
  of('v1 Service', 'x'),
  of('scheduling.k8s.io/v1 PriorityClass', 'x'),
  of('storage.k8s.io/v1 StorageClass', 'x'),
  of('rbac.authorization.k8s.io/v1 Role', 'x'),
  of('rbac.authorization.k8s.io/v1 ClusterRole', 'x'),
  of('apps/v1 Deployment', 'x'),
];

describe('every reference that kustomize knows follows', () => {
  test.each<[string, (name: string) => JsonMap]>([
    ['a Pod', (x) => of('v1 Pod', 'r', { spec: POD_SPEC(x) })],
    ['a Deployment', (x) => of('apps/v1 Deployment', 'r', { spec: { template: { spec: POD_SPEC(x) } } })],
    ['a DaemonSet', (x) => of('apps/v1 DaemonSet', 'r', { spec: { template: { spec: POD_SPEC(x) } } })],
    ['a StatefulSet', (x) => of('apps/v1 StatefulSet', 'r', { spec: { serviceName: x, template: { spec: POD_SPEC(x) } } })],
    ['a Job', (x) => of('batch/v1 Job', 'r', { spec: { template: { spec: POD_SPEC(x) } } })],
    ['a CronJob', (x) => of('batch/v1 CronJob', 'r', { spec: { jobTemplate: { spec: { template: { spec: POD_SPEC(x) } } } } })],
    [
      'an Ingress',
      (x) =>
        of('networking.k8s.io/v1 Ingress', 'r', {
          spec: {
            tls: [{ secretName: x }],
            defaultBackend: { service: { name: x } },
            rules: [{ http: { paths: [{ backend: { service: { name: x } } }] } }],
          },
        }),
    ],
    [
      'an autoscaler',
      (x) => of('autoscaling/v2 HorizontalPodAutoscaler', 'r', { spec: { scaleTargetRef: { kind: 'Deployment', name: x } } }),
    ],
    ['a claim', (x) => of('v1 PersistentVolumeClaim', 'r', { spec: { volumeName: x, storageClassName: x } })],
    ['a volume', (x) => of('v1 PersistentVolume', 'r', { spec: { storageClassName: x } })],
    ['a service account', (x) => of('v1 ServiceAccount', 'r', { imagePullSecrets: [{ name: x }] })],
    ['a role', (x) => of('rbac.authorization.k8s.io/v1 Role', 'r', { rules: [{ resourceNames: [x, 'other'] }] })],
    [
      'a role binding',
      (x) =>
        of('rbac.authorization.k8s.io/v1 RoleBinding', 'r', {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: x },
          subjects: [{ kind: 'ServiceAccount', name: x }],
        }),
    ],
    [
      'a webhook',
      (x) =>
        of('admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration', 'r', {
          webhooks: [{ clientConfig: { service: { name: x } } }],
        }),
    ],
  ])('of %s', (_, referrer) => {
    expect(prefixed(...NAMED, referrer('x'))).toEqual({ ...referrer('p-x'), metadata: { name: 'p-r' } });
  });

  test('a name in an annotation whose key has a slash', () => {
    const ingress = (x: string): JsonMap => ({
      ...of('networking.k8s.io/v1 Ingress', 'r'),
      metadata: { name: 'r', annotations: { 'nginx.ingress.kubernetes.io/auth-secret': x } },
    });
    expect(prefixed(...NAMED, ingress('x'))).toMatchObject({
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/auth-secret': 'p-x' } },
    });
  });
});

test('a name that is nothing of the build is left alone, and so is one of another kind', () => {
  const spec = { volumes: [{ configMap: { name: 'elsewhere' } }, { configMap: { name: 'only-a-secret' } }] };
  expect(prefixed(of('v1 Secret', 'only-a-secret'), of('v1 Pod', 'r', { spec }))).toMatchObject({ spec });
});

test('a role reference follows the kind that it names', () => {
  const binding = (kind: string, name: string) =>
    of('rbac.authorization.k8s.io/v1 RoleBinding', 'r', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name } });
  const role = of('rbac.authorization.k8s.io/v1 Role', 'x');
  expect(prefixed(role, binding('ClusterRole', 'x'))).toMatchObject({ roleRef: { name: 'x' } });
  expect(prefixed(role, binding('Role', 'x'))).toMatchObject({ roleRef: { name: 'p-x' } });
});

const two = (top: string, app: string, ...objects: readonly JsonMap[]) => ({
  'kustomization.yaml': top,
  'a/kustomization.yaml': 'namePrefix: a-\nresources: [../base]\n',
  'b/kustomization.yaml': 'namePrefix: b-\nresources: [../base]\n',
  'base/kustomization.yaml': 'resources: [all.yaml]\n',
  'base/all.yaml': manifest(...objects),
  'app.yaml': app,
});
const podOf = (name: string, configMap: string): JsonMap => of('v1 Pod', name, { spec: { volumes: [{ configMap: { name: configMap } }] } });

describe('of several objects that were called the same', () => {
  test('that with the prefixes of the referrer is meant', () => {
    const files = two('namePrefix: t-\nresources: [a, b]\n', '', of('v1 ConfigMap', 'x'), podOf('r', 'x'));
    const pods = build(memoryTree(files), '.').objects.filter(({ kind }) => kind === 'Pod');
    expect(pods.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ['t-a-r', { volumes: [{ configMap: { name: 't-a-x' } }] }],
      ['t-b-r', { volumes: [{ configMap: { name: 't-b-x' } }] }],
    ]);
  });

  test('none is meant when the referrer shares the prefixes of none', () => {
    const files = two('resources: [a, b, app.yaml]\n', manifest(podOf('r', 'x')), of('v1 ConfigMap', 'x'));
    expect(build(memoryTree(files), '.').objects.at(-1)).toMatchObject({ spec: { volumes: [{ configMap: { name: 'x' } }] } });
  });

  test('it is an error when nothing tells them apart', () => {
    const binding = of('rbac.authorization.k8s.io/v1 ClusterRoleBinding', 'r', { subjects: [{ kind: 'ServiceAccount', name: 'x' }] });
    const files = {
      'kustomization.yaml': 'resources: [a, b, r.yaml]\n',
      'a/kustomization.yaml': 'namespace: a\nresources: [../base]\n',
      'b/kustomization.yaml': 'namespace: b\nresources: [../base]\n',
      'base/kustomization.yaml': 'resources: [x.yaml]\n',
      'base/x.yaml': manifest(of('v1 ServiceAccount', 'x')),
      'r.yaml': manifest(binding),
    };
    expect(() => build(memoryTree(files), '.')).toThrow(
      new BuildError('r.yaml: a reference in ClusterRoleBinding/r may mean any of ServiceAccount/a/x, ServiceAccount/b/x'),
    );
  });

  test('a name that only one of them had is no question', () => {
    const files = two('namePrefix: t-\nresources: [a, b, app.yaml]\n', manifest(podOf('r', 'b-x')), of('v1 ConfigMap', 'x'));
    expect(build(memoryTree(files), '.').objects.at(-1)).toMatchObject({ spec: { volumes: [{ configMap: { name: 't-b-x' } }] } });
  });

  test('one in another namespace is not meant', () => {
    const files = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'namespace: a\nnamePrefix: a-\nresources: [../base]\n',
      'b/kustomization.yaml': 'namespace: b\nnamePrefix: b-\nresources: [../base]\n',
      'base/kustomization.yaml': 'resources: [all.yaml]\n',
      'base/all.yaml': manifest(of('v1 ConfigMap', 'x'), podOf('r', 'x')),
    };
    const pods = build(memoryTree(files), '.').objects.filter(({ kind }) => kind === 'Pod');
    expect(pods.map(({ spec }) => spec)).toEqual(['a-x', 'b-x'].map((name) => ({ volumes: [{ configMap: { name } }] })));
  });
});

describe('subjects', () => {
  const binding = (...subjects: readonly JsonMap[]): JsonMap =>
    of('rbac.authorization.k8s.io/v1 RoleBinding', 'r', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'y' },
      subjects: [...subjects],
    });
  const inNamespace = (...objects: readonly JsonMap[]) =>
    build(memoryTree({ 'kustomization.yaml': 'namespace: shop\nresources: [a.yaml]\n', 'a.yaml': manifest(...objects) }), '.').objects.at(
      -1,
    );

  test('follow their account into its namespace', () => {
    expect(inNamespace(of('v1 ServiceAccount', 'x'), binding({ kind: 'ServiceAccount', name: 'x' }))).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'shop' }],
    });
  });

  test('are left alone when the account is not of the build, or of another namespace', () => {
    const subjects = [
      { kind: 'ServiceAccount', name: 'z' },
      { kind: 'ServiceAccount', name: 'x', namespace: 'kube-system' },
    ];
    expect(inNamespace(of('v1 ServiceAccount', 'x'), binding(...subjects))).toMatchObject({ subjects });
  });

  test('with a blank namespace are an error, also when nothing is renamed', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': manifest(binding({ kind: 'ServiceAccount', name: 'x', namespace: null })),
    };
    expect(() => build(memoryTree(files), '.')).toThrow(new BuildError('a.yaml: a subject of RoleBinding/r has a blank namespace'));
  });
});

test('an object that a patch renamed is followed too', () => {
  const files = {
    'kustomization.yaml':
      'resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, patch: "[{\\"op\\": \\"replace\\", \\"path\\": \\"/metadata/name\\", \\"value\\": \\"new\\"}]"}]\n',
    'a.yaml': manifest(of('v1 ConfigMap', 'x'), podOf('r', 'x')),
  };
  expect(build(memoryTree(files), '.').objects.at(-1)).toMatchObject({ spec: { volumes: [{ configMap: { name: 'new' } }] } });
});
