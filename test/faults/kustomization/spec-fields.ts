import type { Kustomization } from '@gotk/api';

type Spec = Kustomization['spec'];

/** What a field may be set to. `undefined`: it is left out. */
export interface FieldValues<Field extends keyof Spec> {
  readonly valid: readonly (Spec[Field] | undefined)[];
  /** The schema takes them, and the object is not ready with them. */
  readonly invalid?: readonly Spec[Field][];
}

export type SpecFields = { readonly [Field in keyof Spec]?: FieldValues<Field> };

/** What the walks' source has in it: two directories, and a component. Names are those of the walk, so that walks do not meet. */
export function walkFiles(walk: string): Readonly<Record<string, string>> {
  const object = (apiVersion: string, kind: string, rest: object) =>
    `${JSON.stringify({ apiVersion, kind, metadata: { name: `${walk}-${kind.toLowerCase()}` }, ...rest })}\n`;
  const app = { app: walk };
  const container = { name: 'web', image: 'web:1' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of the manifests
  const who = '${who:=nobody}';
  return {
    [`${walk}/one/map.yaml`]: object('v1', 'ConfigMap', { data: { who, part: 'one' } }),
    [`${walk}/one/secret.yaml`]: object('v1', 'Secret', { stringData: { who } }),
    [`${walk}/two/map.yaml`]: object('v1', 'ConfigMap', { data: { who, part: 'two' } }),
    [`${walk}/two/web.yaml`]: object('apps/v1', 'Deployment', {
      spec: {
        replicas: 0,
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: { containers: [container] } },
      },
    }),
    [`${walk}/component/kustomization.yaml`]: 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [account.yaml]\n',
    [`${walk}/component/account.yaml`]: object('v1', 'ServiceAccount', {}),
  };
}

/** Every field of a Kustomization that can be changed in one cluster, with values that make a difference. */
export function specFields(walk: string, namespaces: readonly [string, string]): SpecFields {
  const sourceRef = (name: string) => ({ kind: 'GitRepository', name }) as const;
  return {
    path: { valid: [`./${walk}/one`, `./${walk}/two`, `${walk}/one/`], invalid: ['./nowhere'] },
    sourceRef: { valid: [sourceRef('repo'), sourceRef('other')], invalid: [sourceRef('missing')] },
    targetNamespace: { valid: namespaces, invalid: ['nowhere'] },
    prune: { valid: [true, true, false] },
    namePrefix: { valid: [undefined, 'pre-'] },
    nameSuffix: { valid: [undefined, '-suf'] },
    commonMetadata: { valid: [undefined, { labels: { team: 'a' } }, { labels: { team: 'b' }, annotations: { note: 'yes' } }] },
    patches: {
      valid: [undefined, [{ target: { kind: 'ConfigMap' }, patch: '[{"op": "add", "path": "/data/patched", "value": "yes"}]' }]],
      invalid: [[{ target: { kind: 'ConfigMap' }, patch: '[{"op": "remove", "path": "/nothing/here"}]' }]],
    },
    images: { valid: [undefined, [{ name: 'web', newTag: '2' }]] },
    components: { valid: [undefined, ['../component']], invalid: [['../nowhere']] },
    postBuild: {
      valid: [undefined, { substitute: { who: 'somebody' } }, { substituteFrom: [{ kind: 'ConfigMap', name: 'none', optional: true }] }],
    },
    buildMetadata: { valid: [undefined, ['originAnnotations']] },
    force: { valid: [undefined, true] },
    wait: { valid: [undefined, true] },
    timeout: { valid: ['20s', '30s'] },
    interval: { valid: ['5m', '10m'] },
    retryInterval: { valid: [undefined, '1m'] },
    healthChecks: { valid: [undefined, [{ apiVersion: 'v1', kind: 'Namespace', name: 'default' }]] },
    healthCheckExprs: {
      valid: [
        undefined,
        [{ apiVersion: 'v1', kind: 'ConfigMap', current: "has(data.part) && ['one', 'two'].exists(it, it == data.part)" }],
      ],
      invalid: [[{ apiVersion: 'v1', kind: 'ConfigMap', current: 'data.(' }]],
    },
    serviceAccountName: { valid: [undefined, 'deployer'], invalid: ['nobody'] },
    dependsOn: { valid: [undefined, [{ name: 'base' }]], invalid: [[{ name: 'missing' }]] },
    decryption: { valid: [undefined, { provider: 'sops' }], invalid: [{ provider: 'sops', secretRef: { name: 'missing' } }] },
    deletionPolicy: { valid: [undefined, 'Delete', 'WaitForTermination'] },
  };
}
