import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kustomization } from '@gotk/api';
import type { TestRepository } from '@gotk/testkit';
import { resources, type Testbed } from '../testbed.ts';

const SOPS = join(import.meta.dirname, '../../../packages/kustomize-controller/test/testdata/sops');

type Files = Readonly<Record<string, string>>;
type Spec = Partial<Kustomization['spec']>;

/** What a team keeps in a cluster: some of everything that a Kustomization can be told. */
export interface Estate {
  readonly files: Files;
  readonly kustomizations: Readonly<Record<string, Spec>>;
}

const workload = (kind: string, name: string, more: string) => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
spec:
${more}  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: app
          image: example.com/${name}:1.0.0
          ports: [{ containerPort: 8080 }, { containerPort: 9090, name: metrics }]
          env: [{ name: EMPTY, value: "" }, { name: PORT, value: "8080" }]
          resources: { requests: { cpu: 0.1, memory: 64Mi }, limits: { cpu: 1000m } }
        - name: side
          image: example.com/side:1
`;

/** Kinds whose typed form differs from what people write. */
const TYPED = [
  workload('Deployment', 'web', '  replicas: 2\n'),
  workload('StatefulSet', 'store', '  serviceName: store\n'),
  workload('DaemonSet', 'agent', ''),
  'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }, { port: 9090, name: metrics }] }\n'.replace(
    '{ port: 80,',
    '{ name: http, port: 80,',
  ),
  'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web }\n',
  'apiVersion: v1\nkind: Secret\nmetadata: { name: written }\nstringData: { user: web, password: hunter2 }\n',
  'apiVersion: v1\nkind: Secret\nmetadata: { name: both }\ndata: { a: YQ== }\nstringData: { b: b }\n',
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain, annotations: {}, creationTimestamp: null }\ndata: { a: "1" }\n',
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: empty }\ndata: {}\n',
  'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: "team:web" }\nrules: [{ apiGroups: [""], resources: [configmaps], verbs: [get] }]\n',
  'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: "team:web" }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: "team:web" }\nsubjects: [{ kind: ServiceAccount, name: web }]\n',
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web }\nspec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }] }\n',
  'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec: { rules: [{ host: web.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }\n',
  'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { minAvailable: 1, selector: { matchLabels: { app: web } } }\n',
  'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly }\nspec: { schedule: "0 3 1 1 *", jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: job, image: "example.com/job:1" }] } } } } }\n',
  'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }] }\n',
];

/** Nobody makes volumes here: it is not waited for. */
const CLAIM =
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: disk }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n';

const definition = (group: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: { type: object, properties: { size: { type: integer }, colour: { type: string, default: red } } }
status:
  acceptedNames: { kind: "", plural: "" }
  conditions: []
  storedVersions: []
`;

const MARK = 'kustomize.toolkit.fluxcd.io';

const marked = (name: string, marks: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { ${marks} } }\ndata: { a: git }\n`;

export async function estate({ namespace }: Testbed): Promise<Estate> {
  const group = `${namespace}.example.com`;
  const sops = (name: string) => readFile(join(SOPS, name), 'utf8');
  return {
    files: {
      'typed/all.yaml': TYPED.join('---\n'),
      'definitions/crd.yaml': definition(group),
      'definitions/widget.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: one }\nspec: { size: 3 }\n`,
      'overlay/base/kustomization.yaml': 'resources: [web.yaml]\nconfigMapGenerator: [{ name: settings, literals: [a=1] }]\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Flux.
      'overlay/base/web.yaml': workload('Deployment', 'site', '  replicas: 1\n').replace('value: "8080"', 'value: "on ${PORT}"'),
      'overlay/prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\nimages: [{ name: example.com/site, newTag: 2.0.0 }]\n',
      'scaled/web.yaml': workload('Deployment', 'scaled', ''),
      'claims/disk.yaml': CLAIM,
      'secret/kustomization.yaml':
        'resources: [patch.yaml]\nsecretGenerator: [{ name: env, envs: [app.env] }]\ngeneratorOptions: { disableNameSuffixHash: true }\n',
      'secret/patch.yaml': await sops('patch.yaml'),
      'secret/app.env': await sops('app.env'),
      'jobs/job.yaml':
        'apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: job, image: "example.com/job:1" }] } } }\n',
      'marked/all.yaml': [
        marked('merged', `${MARK}/ssa: Merge`),
        marked('once', `${MARK}/ssa: IfNotPresent`),
        marked('kept', `${MARK}/prune: disabled`),
        marked('off', `${MARK}/reconcile: disabled`),
        marked('touched', 'tier: front'),
      ].join('---\n'),
    },
    kustomizations: {
      typed: { path: './typed', wait: true, timeout: '1m', commonMetadata: { labels: { team: 'shop' }, annotations: { note: 'x' } } },
      definitions: { path: './definitions' },
      overlay: {
        path: './overlay/prod',
        dependsOn: [{ name: 'typed' }, { name: 'definitions' }],
        postBuild: { substitute: { PORT: '8081' } },
        patches: [{ target: { kind: 'Deployment' }, patch: '- { op: add, path: /metadata/annotations, value: { patched: "yes" } }' }],
      },
      scaled: { path: './scaled', healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled', namespace }] },
      secret: { path: './secret', decryption: { provider: 'sops', secretRef: { name: 'sops-keys' } } },
      jobs: { path: './jobs', force: true, wait: true },
      marked: { path: './marked' },
      claims: { path: './claims' },
    },
  };
}

/** Commits the estate, and writes its objects; resolves with the repository. */
export async function settle(bed: Testbed, { files, kustomizations }: Estate): Promise<TestRepository> {
  const keys = await readFile(join(SOPS, 'keys.agekey'));
  await bed.apply(resources.secret, { metadata: { name: 'sops-keys' }, data: { 'age.agekey': keys.toString('base64') } });
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '10m' });
  for (const [name, spec] of Object.entries(kustomizations))
    await bed.kustomization(name, { interval: '10m', retryInterval: '5s', ...spec });
  return repository;
}
