import { INSTALL_ORDER } from '../src/manifests/kind-order.ts';

type Rendered = Readonly<Record<string, string>>;

const object = (kind: string, name: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
const hook = (kind: string, name: string, annotations: Readonly<Record<string, string>>): string =>
  `${object(kind, name)}  annotations:\n${Object.entries(annotations)
    .map(([key, value]) => `    helm.sh/${key}: ${JSON.stringify(value)}\n`)
    .join('')}`;

/** Every kind of the order, and some that are not in it, backwards. */
const everyKind = [...INSTALL_ORDER, 'Zebra', 'Apple', 'apple', 'Widget'].reverse().map((kind, at) => object(kind, `n${at}`));

/** Rendered templates: what the real Helm makes of each is in testdata/engine/manifests.json. */
export const MANIFESTS: Readonly<Record<string, Rendered>> = {
  'every kind': { 'app/templates/all.yaml': everyKind.join('---\n') },
  'one kind in many files': {
    'app/templates/b.yaml': `${object('Service', 'b1')}---\n${object('Service', 'b2')}`,
    'app/templates/a.yaml': object('Service', 'a'),
    'app/charts/z/templates/a.yaml': object('Service', 'z'),
    'app/templates/A.yaml': object('Service', 'A'),
    'app/templates/a-b.yaml': object('Service', 'a-b'),
    'app/templates/sub/a.yaml': object('Service', 'sub'),
  },
  'unknown kinds keep their order': {
    'app/templates/a.yaml': [object('Widget', 'b'), object('Gadget', 'a'), object('Widget', 'a')].join('---\n'),
  },
  'partials and blank files': {
    'app/templates/_helpers.tpl': object('Service', 'no'),
    'app/templates/blank.yaml': ' \n\t\n',
    'app/templates/_sub/a.yaml': object('Service', 'yes'),
  },
  documents: {
    'app/templates/a.yaml': `\n\n---\n${object('Service', 'a')}---   \n---\t\n\n\n${object('Service', 'b')}\n--- # a comment\n${object('Service', 'c')}---${object('Service', 'd')}  ---\n${'kind: x'}`,
  },
  'documents in text': {
    'app/templates/a.yaml': `${object('ConfigMap', 'a')}data:\n  a: |\n    one\n    ---\n    two\n  b: "x\n\n---\n\n    y"\n`,
  },
  'four dashes': { 'app/templates/a.yaml': `----\n${object('Service', 'a')}` },
  'carriage returns': {
    'app/templates/a.yaml': `---\r\n${object('Service', 'a').replaceAll('\n', '\r\n')}---\r\n${object('Service', 'b').replaceAll('\n', '\r\n')}`,
  },
  'comments alone': { 'app/templates/a.yaml': `# nothing\n---\n${object('Service', 'a')}---\n# else\n` },
  'blanks of all sorts': { 'app/templates/a.yaml': `\u00a0\u2003\n---\n\u0085 \n---\n\u3000${object('Service', 'a')}` },
  'a mark of the byte order': { 'app/templates/a.yaml': `\ufeff${object('Service', 'a')}` },
  'fields of other types': {
    'app/templates/a.yaml': 'apiVersion: 1\nkind: true\nmetadata: {name: 12, annotations: {a: 1, b: true, c: null}}\n',
  },
  'fields in other cases': {
    'app/templates/a.yaml': 'APIVERSION: v1\nKind: Service\nMetadata: {Name: a, Annotations: {helm.sh/hook: test}}\n',
  },
  nulls: {
    'app/templates/a.yaml':
      'apiVersion: null\nkind: null\nmetadata: null\n---\nmetadata: {annotations: null}\n---\nmetadata: {annotations: {}}\n',
  },
  'a key twice': { 'app/templates/a.yaml': 'kind: Service\nkind: Pod\n' },
  'no object': { 'app/templates/a.yaml': 'text\n' },
  'a list': { 'app/templates/a.yaml': '- a\n' },
  'a kind that is a map': { 'app/templates/a.yaml': 'kind: {a: 1}\n' },
  'annotations that are a list': { 'app/templates/a.yaml': 'kind: Pod\nmetadata: {annotations: [a]}\n' },
  'no YAML': { 'app/templates/a.yaml': 'a: [1\n' },
  'a tab': { 'app/templates/a.yaml': 'a:\n\tb: 1\n' },

  'every event': {
    'app/templates/a.yaml': hook('Job', 'a', {
      hook: 'pre-install,post-install,pre-delete,post-delete,pre-upgrade,post-upgrade,pre-rollback,post-rollback,test',
    }),
  },
  'events with blanks and capitals': { 'app/templates/a.yaml': hook('Job', 'a', { hook: ' Pre-Install , POST-INSTALL' }) },
  'a test of Helm 2': { 'app/templates/a.yaml': hook('Pod', 'a', { hook: 'test-success' }) },
  'a failing test of Helm 2': { 'app/templates/a.yaml': hook('Pod', 'a', { hook: 'test-failure' }) },
  'unknown events': {
    'app/templates/a.yaml': `${hook('Job', 'a', { hook: 'crd-install' })}---\n${hook('Job', 'b', { hook: 'pre-install,nonsense' })}---\n${hook('Job', 'c', { hook: '' })}---\n${object('Job', 'd')}`,
  },
  weights: {
    'app/templates/a.yaml': ['5', '-5', '+3', '1.5', ' 1', 'x', '', '0x10', '99999999999999999999', '007']
      .map((weight, at) => hook('Job', `j${at}`, { hook: 'pre-install', 'hook-weight': weight }))
      .join('---\n'),
  },
  'a weight that is a number': {
    'app/templates/a.yaml': `${object('Job', 'a')}  annotations:\n    helm.sh/hook: pre-install\n    helm.sh/hook-weight: 5\n`,
  },
  policies: {
    'app/templates/a.yaml': `${hook('Job', 'a', { hook: 'pre-install', 'hook-delete-policy': 'Hook-Succeeded, before-hook-creation,nonsense,', 'hook-output-log-policy': ' hook-failed,HOOK-SUCCEEDED' })}---\n${hook('Job', 'b', { hook: 'test', 'hook-delete-policy': '' })}`,
  },
  'hooks by kind': {
    'app/templates/a.yaml': [
      hook('Job', 'a', { hook: 'test' }),
      hook('Widget', 'w', { hook: 'test' }),
      hook('ServiceAccount', 's', { hook: 'test' }),
      hook('Job', 'b', { hook: 'test' }),
      object('Service', 'plain'),
    ].join('---\n'),
  },
  'policies without a hook': { 'app/templates/a.yaml': hook('Job', 'a', { 'hook-weight': '1', 'hook-delete-policy': 'hook-failed' }) },
  'resources that stay': { 'app/templates/a.yaml': hook('Job', 'a', { 'resource-policy': 'keep' }) },
};
