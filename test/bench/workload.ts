/** The workload of every scenario: N directories of four small objects each, in as many repositories as it takes, and a Kustomization for each directory. */
export interface Workload {
  readonly namespace: string;
  readonly count: number;
  /** How many Kustomizations share a repository and its GitRepository. */
  readonly perSource: number;
}

/** What repositories, and the GitRepositories of them, are called. */
const sourceName = (index: number) => `bench-${index}`;

/** Where the directory of an application is. */
export const sourceOf = ({ perSource }: Workload, app: number) => sourceName(Math.floor(app / perSource));

export const sourcesOf = ({ count, perSource }: Omit<Workload, 'namespace'>): readonly string[] =>
  Array.from({ length: Math.ceil(count / perSource) }, (_, index) => sourceName(index));

export const appName = (index: number) => `app-${String(index).padStart(4, '0')}`;

/** One directory. The revision shows in an annotation of the Deployment alone: an upgrade changes exactly one object. */
export function appFiles({ namespace }: Workload, index: number, revision: number): Record<string, string> {
  const name = appName(index);
  const metadata = `metadata:\n  name: ${name}\n  namespace: ${namespace}\n`;
  return {
    [`apps/${name}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
${metadata}  annotations:
    example.com/revision: "${revision}"
spec:
  replicas: 0
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      serviceAccountName: ${name}
      containers:
        - name: app
          image: registry.example.com/app:1.0.0
          ports: [{ containerPort: 8080 }]
`,
    [`apps/${name}/service.yaml`]: `apiVersion: v1
kind: Service
${metadata}spec:
  selector: { app: ${name} }
  ports: [{ port: 80, targetPort: 8080 }]
`,
    [`apps/${name}/serviceaccount.yaml`]: `apiVersion: v1
kind: ServiceAccount
${metadata}`,
    [`apps/${name}/ingress.yaml`]: `apiVersion: networking.k8s.io/v1
kind: Ingress
${metadata}spec:
  rules:
    - host: ${name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: ${name}, port: { number: 80 } } }
`,
  };
}

/** All that is in one of the repositories. */
export function repositoryFiles(workload: Workload, source: string, revision: number): Record<string, string> {
  const apps = Array.from({ length: workload.count }, (_, app) => app).filter((app) => sourceOf(workload, app) === source);
  return Object.assign({}, ...apps.map((app) => appFiles(workload, app, revision)));
}

/** A Kustomization as a user would write it: `interval: 1m`, pruned, no health check. */
export function kustomizationFor(
  { namespace }: Workload,
  { name, source, path, dependsOn }: { name: string; source: string; path: string; dependsOn?: readonly string[] },
) {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      interval: '1m',
      path,
      prune: true,
      sourceRef: { kind: 'GitRepository', name: source },
      ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((dependency) => ({ name: dependency })) }),
    },
  };
}
