import type { Unstructured } from '@gotk/apimachinery';

/** An object as Git says it is, and what others add to it that is theirs. */
export interface SharedObject {
  /** `ConfigMap/settings` */
  readonly id: string;
  readonly wanted: Unstructured;
  /** Paths of counters that others keep in it. */
  readonly theirs: readonly (readonly string[])[];
  /** Who manages it in the end, beside whom it is none of our business; undefined where it is left to others. */
  readonly managers: readonly string[] | undefined;
}

const OURS = 'kustomize-controller Apply';
export const SSA = 'kustomize.toolkit.fluxcd.io/ssa';
export const SEEN = 'operator.example.com/seen';

const OPERATOR = 'operator Apply';
const SEEN_AT = ['metadata', 'annotations', SEEN];
const BY_OPERATOR = ['data', 'operator'];

function shared(wanted: Unstructured, theirs: SharedObject['theirs'], managers: SharedObject['managers']): SharedObject {
  return { id: idOf(wanted), wanted, theirs, managers };
}

export const idOf = ({ kind, metadata }: Unstructured): string => `${kind}/${metadata.name}`;

const configMap = (name: string, annotations?: Readonly<Record<string, string>>): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  data: { content: 'git' },
});

const deployment = (name: string, spec: object = {}): Unstructured => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    ...spec,
    // It has no Pods then, and is scaled all the same.
    paused: true,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'web:git' }] } },
  },
});

const service: Unstructured = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', annotations: { content: 'git' } },
  spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] },
};

const STATUS = 'kube-controller-manager Update status';

/** Ten objects, by the Kustomization that applies them; `left` is annotated in the cluster alone. */
export const SHARED = {
  web: [
    shared(deployment('web', { replicas: 2 }), [SEEN_AT], [STATUS, OURS, OPERATOR]),
    shared(service, [SEEN_AT], [OURS, OPERATOR]),
    shared(configMap('settings'), [SEEN_AT, BY_OPERATOR], [OURS, OPERATOR]),
  ],
  scaled: [
    // Who scales what nobody has ever named replicas of, the API server keeps no record of.
    shared(
      deployment('scaled'),
      [['spec', 'template', 'spec', 'containers', '0', 'resources', 'requests', 'memory']],
      [STATUS, OURS, 'vpa Update'],
    ),
  ],
  asked: [
    shared(
      configMap('merged', { [SSA]: 'Merge' }),
      [SEEN_AT, BY_OPERATOR, ['data', 'added'], ['data', 'applied']],
      ['kubectl-client-side-apply Update', 'kubectl-edit Update', OURS, OPERATOR],
    ),
    shared(configMap('once', { [SSA]: 'IfNotPresent' }), [], undefined),
    shared(configMap('ignored', { [SSA]: 'Ignore' }), [], undefined),
    shared(configMap('left'), [], undefined),
  ],
  contested: [shared(configMap('contested'), [SEEN_AT, BY_OPERATOR], [OURS, OPERATOR])],
  rare: [shared(configMap('rare'), [], [OURS])],
} as const satisfies Readonly<Record<string, readonly SharedObject[]>>;

export type Owner = keyof typeof SHARED;
export const OWNERS = Object.keys(SHARED) as readonly Owner[];

/** Those that Git has the last word on, by name of the Kustomization. */
export const governed = (owner: Owner): readonly SharedObject[] => SHARED[owner].filter(({ managers }) => managers !== undefined);

/** JSON is YAML. */
export const sharedFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    OWNERS.flatMap((owner) =>
      SHARED[owner].map(({ id, wanted }): [string, string] => [
        `${owner}/${id.replace('/', '-').toLowerCase()}.yaml`,
        JSON.stringify(wanted),
      ]),
    ),
  );
