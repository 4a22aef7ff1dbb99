import type { Resource, Unstructured } from '@gotk/apimachinery';
import { eventually } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterRoleBindings } from '../tenants.ts';
import { judge, person, type Subject, serviceAccount } from './access.ts';
import { type Installation, install } from './installation.ts';
import { needs } from './needs.ts';

let installed: Installation;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed[Symbol.asyncDispose]());

const account = (name: string) => serviceAccount(installed.namespace, name);
const everywhere = (subject: Subject, actions: readonly string[]) => judge(installed.api, subject, { namespace: '', actions });
const inOwn = (subject: Subject, actions: readonly string[]) => judge(installed.api, subject, { namespace: installed.namespace, actions });

/** What would let whoever takes a controller over go on from there. */
const WAYS_ON = [
  'create pods',
  'create pods/exec',
  'create deployments.apps',
  'create configmaps',
  'get configmaps',
  'create secrets',
  'patch secrets',
  'delete secrets',
  'create serviceaccounts/token',
  'impersonate users',
  'impersonate serviceaccounts',
  'create clusterrolebindings.rbac.authorization.k8s.io',
  'escalate clusterroles.rbac.authorization.k8s.io',
  'patch customresourcedefinitions.apiextensions.k8s.io',
];

describe('source-controller', () => {
  test('may do what it does', async () => {
    const own = needs['source-controller'];
    // The authorizer learns by watch of what was installed.
    await eventually(async () => expect((await everywhere(account('source-controller'), own.everywhere)).denied).toEqual([]));
    await eventually(async () => expect((await inOwn(account('source-controller'), own.ownNamespace)).denied).toEqual([]));
  });

  test('may do nothing else: not make the other controller apply something, not create its own kinds, not lead elsewhere', async () => {
    const actions = [
      ...WAYS_ON,
      'create kustomizations.kustomize.toolkit.fluxcd.io',
      'patch kustomizations.kustomize.toolkit.fluxcd.io',
      'patch kustomizations.kustomize.toolkit.fluxcd.io/status',
      'create gitrepositories.source.toolkit.fluxcd.io',
      'delete gitrepositories.source.toolkit.fluxcd.io',
      'delete events',
      'update leases.coordination.k8s.io',
    ];

    expect((await everywhere(account('source-controller'), actions)).allowed).toEqual([]);
  });
});

describe('kustomize-controller', () => {
  test('may do what it does, and apply or delete anything', async () => {
    const own = needs['kustomize-controller'];
    const anything = ['create', 'get', 'list', 'watch', 'patch', 'delete'].flatMap((verb) =>
      [
        'deployments.apps',
        'clusterroles.rbac.authorization.k8s.io',
        'customresourcedefinitions.apiextensions.k8s.io',
        'things.example.com',
      ].map((resource) => `${verb} ${resource}`),
    );

    const wanted = [...own.everywhere, ...anything];
    await eventually(async () => expect((await everywhere(account('kustomize-controller'), wanted)).denied).toEqual([]));
    await eventually(async () => expect((await inOwn(account('kustomize-controller'), own.ownNamespace)).denied).toEqual([]));
  });

  test('is confined to its own work by taking one binding away', async () => {
    await using confined = await install();
    const subject = serviceAccount(confined.namespace, 'kustomize-controller');
    await confined.client.delete(
      clusterRoleBindings,
      { namespace: '', name: `cluster-reconciler-${confined.namespace}` },
      { signal: confined.signal },
    );
    // Those it reads for Kustomizations, as it does Secrets.
    const beyond = WAYS_ON.filter((action) => action !== 'get configmaps');
    const others = [...beyond, 'patch gitrepositories.source.toolkit.fluxcd.io', 'create kustomizations.kustomize.toolkit.fluxcd.io'];

    // The authorizer learns of the deletion by watch.
    await eventually(async () => expect((await judge(confined.api, subject, { namespace: '', actions: others })).allowed).toEqual([]));

    const { everywhere: actions, ownNamespace } = needs['kustomize-controller'];
    const own = { namespace: confined.namespace, actions: ownNamespace };
    await eventually(async () => expect((await judge(confined.api, subject, { namespace: '', actions })).denied).toEqual([]));
    await eventually(async () => expect((await judge(confined.api, subject, own)).denied).toEqual([]));
  });
});

describe('people', () => {
  const reading = ['get', 'list', 'watch'].flatMap((verb) => [
    `${verb} gitrepositories.source.toolkit.fluxcd.io`,
    `${verb} kustomizations.kustomize.toolkit.fluxcd.io`,
  ]);
  const changing = ['create', 'update', 'patch', 'delete', 'deletecollection'].flatMap((verb) => [
    `${verb} gitrepositories.source.toolkit.fluxcd.io`,
    `${verb} kustomizations.kustomize.toolkit.fluxcd.io`,
  ]);
  // What a source's status says is where its artifact is downloaded from.
  const lying = ['patch gitrepositories.source.toolkit.fluxcd.io/status', 'patch kustomizations.kustomize.toolkit.fluxcd.io/status'];

  test.each([
    { role: 'view', allowed: reading, denied: [...changing, ...lying] },
    { role: 'edit', allowed: [...reading, ...changing], denied: lying },
    { role: 'admin', allowed: [...reading, ...changing], denied: lying },
  ])('who have the built-in role $role get the matching rights to the kinds of the toolkit', async ({ role, allowed, denied }) => {
    const subject = person(`somebody-with-${role}-in-${installed.namespace}`);
    await bind(installed, role, subject);

    // kube-controller-manager adds the rules to the built-in roles in its own time.
    await eventually(async () => expect((await inOwn(subject, allowed)).denied).toEqual([]));
    expect((await inOwn(subject, denied)).allowed).toEqual([]);
    expect((await judge(installed.api, subject, { namespace: 'default', actions: allowed })).allowed).toEqual([]);
  });

  test('and accounts without a role get none', async () => {
    expect((await inOwn(account('default'), [...reading, ...changing, ...lying, 'get secrets'])).allowed).toEqual([]);
  });
});

async function bind({ client, namespace, signal }: Installation, role: string, { user }: Subject): Promise<void> {
  const bindings: Resource = {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'RoleBinding',
    plural: 'rolebindings',
    namespaced: true,
  };
  const binding: Unstructured = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `test-${role}`, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
  await client.create(bindings, binding, { signal });
}
