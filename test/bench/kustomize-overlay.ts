import { renderYaml } from '@gotk/apimachinery/yaml';

type Files = Readonly<Record<string, string>>;

const KINDS = ['Deployment', 'Service', 'ConfigMap', 'Secret', 'ServiceAccount', 'Role', 'RoleBinding', 'Ingress', 'StatefulSet'] as const;
const RESOURCES = 1_000;
const MERGE_PATCHES = 100;
const JSON_PATCHES = 50;
const GENERATORS = 20;
const PER_FILE = 10;

/**
 * A platform's overlay: 1,000 objects of mixed kinds that refer to each other, in files of ten; over them a namespace, a prefix, labels, images, 100 strategic merge
 * patches, 50 JSON patches, replicas and 20 generated ConfigMaps that are referred to. The directory to build is `overlay`.
 */
export function exampleOverlay(): Files {
  const objects = Array.from({ length: RESOURCES }, (_, index) =>
    object(KINDS[index % KINDS.length] ?? 'ConfigMap', Math.floor(index / KINDS.length)),
  );
  const files = Object.fromEntries(
    Array.from({ length: Math.ceil(RESOURCES / PER_FILE) }, (_, index) => [
      `base/part-${index}.yaml`,
      objects
        .slice(index * PER_FILE, (index + 1) * PER_FILE)
        .map(renderYaml)
        .join('---\n'),
    ]),
  );
  return {
    ...files,
    'base/kustomization.yaml': renderYaml({ resources: Object.keys(files).map((path) => path.slice('base/'.length)) }),
    ...Object.fromEntries(mergePatches.map((patch, index) => [`overlay/patch-${index}.yaml`, renderYaml(patch)])),
    'overlay/kustomization.yaml': renderYaml({
      resources: ['../base'],
      namespace: 'production',
      namePrefix: 'prod-',
      labels: [{ pairs: { team: 'platform', stage: 'production' }, includeSelectors: true }],
      commonAnnotations: { 'example.com/owner': 'platform@example.com' },
      images: ['web', 'sidecar', 'database'].map((name) => ({ name: `registry.example.com/${name}`, newTag: '2.0.0' })),
      patches: [...mergePatches.map((_, index) => ({ path: `patch-${index}.yaml` })), ...jsonPatches],
      replicas,
      configMapGenerator,
    }),
  };
}

const app = (index: number): string => `app-${index}`;

const replicas = Array.from({ length: 10 }, (_, index) => ({ name: app(index), count: 5 }));

// Named by the Deployments of the base: the hash comes into their references.
const generated = (index: number): string => `settings-${index}`;
const configMapGenerator = Array.from({ length: GENERATORS }, (_, index) => ({
  name: generated(index),
  literals: ['LEVEL=info', `INDEX=${index}`, `URL=https://app-${index}.example.com/path?query=1`],
}));

const mergePatches = Array.from({ length: MERGE_PATCHES }, (_, index) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app(index), annotations: { 'example.com/patched': 'true' } },
  spec: {
    template: {
      spec: {
        containers: [{ name: 'web', env: [{ name: 'STAGE', value: 'production' }], resources: { limits: { memory: '512Mi' } } }],
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      },
    },
  },
}));

const jsonPatches = Array.from({ length: JSON_PATCHES }, (_, index) => ({
  target: { version: 'v1', kind: 'Service', name: app(index) },
  patch: renderYaml([
    { op: 'replace', path: '/spec/ports/0/port', value: 8080 },
    { op: 'add', path: '/metadata/annotations', value: { 'example.com/port': '8080' } },
  ]),
}));

function object(kind: (typeof KINDS)[number], index: number): object {
  const name = app(index);
  const labels = { app: name };
  const metadata = { name, labels };
  switch (kind) {
    case 'Deployment':
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata,
        spec: { replicas: 2, selector: { matchLabels: labels }, template: pods(name, index) },
      };
    case 'StatefulSet':
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: `${name}-db`, labels },
        spec: {
          serviceName: name,
          selector: { matchLabels: labels },
          template: pods(name, index),
          volumeClaimTemplates: [
            { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
          ],
        },
      };
    case 'Service':
      return { apiVersion: 'v1', kind, metadata, spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } };
    case 'ConfigMap':
      return {
        apiVersion: 'v1',
        kind,
        metadata,
        data: { 'app.properties': 'color=blue\nsize=large\n# what follows is for operators\nlevel=info\n' },
      };
    case 'Secret':
      return { apiVersion: 'v1', kind, metadata, type: 'Opaque', data: { password: 'cGFzc3dvcmQ=' } };
    case 'ServiceAccount':
      return { apiVersion: 'v1', kind, metadata };
    case 'Role':
      return {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        metadata,
        rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [name], verbs: ['get', 'watch'] }],
      };
    case 'RoleBinding':
      return {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name }],
      };
    case 'Ingress':
      return {
        apiVersion: 'networking.k8s.io/v1',
        kind,
        metadata,
        spec: {
          tls: [{ hosts: [`${name}.example.com`], secretName: name }],
          rules: [
            {
              host: `${name}.example.com`,
              http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }] },
            },
          ],
        },
      };
  }
}

const pods = (name: string, index: number): object => ({
  metadata: { labels: { app: name } },
  spec: {
    serviceAccountName: name,
    containers: [
      {
        name: 'web',
        image: 'registry.example.com/web:1.0.0',
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [
          { name: 'LEVEL', valueFrom: { configMapKeyRef: { name, key: 'level' } } },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name, key: 'password' } } },
        ],
        envFrom: [{ configMapRef: { name: generated(index % GENERATORS) } }],
        livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
        resources: { requests: { cpu: '100m', memory: '128Mi' } },
      },
      { name: 'sidecar', image: 'registry.example.com/sidecar:1.0.0', args: ['--listen', ':9090'] },
    ],
    volumes: [
      { name: 'config', configMap: { name } },
      { name: 'secret', secret: { secretName: name } },
    ],
  },
});
