/** The kinds in use, three of the stages of application, with and without a namespace. */
const API_VERSIONS = {
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ServiceAccount: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
} as const;

type Kind = keyof typeof API_VERSIONS;

export const KINDS = Object.entries(API_VERSIONS).map(([kind, apiVersion]) => ({ kind, apiVersion }));

/** What is applied besides; it outlives them. */
export const onlyKeeper = { 'keeper.yaml': manifest('ConfigMap', 'keeper', { data: { kept: 'always' } }) };

/** Twenty objects, and the one that is always there. Names of those without a namespace begin with `prefix`: all tests share a cluster. */
export function twentyObjects(prefix: string, content: string): Readonly<Record<string, string>> {
  const numbered = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index));
  const annotated = (kind: Kind, name: string, rest: object = {}) =>
    manifest(kind, name, { metadata: { name, annotations: { content } }, ...rest });
  const app = { app: 'web' };
  const manifests = [
    annotated('ClusterRole', `${prefix}-reader`, { rules: [] }),
    annotated('PriorityClass', `${prefix}-low`, { value: 7 }),
    annotated('Role', 'reader', { rules: [] }),
    annotated('RoleBinding', 'reader', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' } }),
    ...numbered(2, (index) => annotated('ServiceAccount', `web-${index}`)),
    ...numbered(8, (index) => manifest('ConfigMap', `settings-${index}`, { data: { content } })),
    ...numbered(3, (index) => manifest('Secret', `login-${index}`, { stringData: { content } })),
    ...numbered(2, (index) => annotated('Service', `web-${index}`, { spec: { clusterIP: 'None', selector: app } })),
    annotated('Deployment', 'web', {
      spec: {
        replicas: 0,
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: { containers: [{ name: 'web', image: `web:${content}` }] } },
      },
    }),
  ];
  return { 'objects.yaml': manifests.join('---\n'), ...onlyKeeper };
}

/** JSON is YAML. */
function manifest(kind: Kind, name: string, rest: object): string {
  return `${JSON.stringify({ apiVersion: API_VERSIONS[kind], kind, metadata: { name }, ...rest })}\n`;
}
