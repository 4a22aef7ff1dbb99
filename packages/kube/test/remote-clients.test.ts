import type { KubeObject, Resource } from '@gotk/apimachinery';
import { systemClock } from '@gotk/apimachinery';
import { describe, expect, inject, test } from 'vitest';
import type { ClusterConnection } from '../src/connection.ts';
import { serviceAccountIdentity } from '../src/impersonation.ts';
import { loadConnection } from '../src/kubeconfig/kubeconfig.ts';
import { createRemoteClients, type KubeconfigReference } from '../src/remote/remote-clients.ts';
import { serviceAccountToken } from '../src/remote/service-account-token.ts';
import { type Cluster, cluster, configMaps } from './cluster.ts';
import { base64, kubeconfigText } from './kubeconfig-secret.ts';

type Anything = KubeObject & { readonly [field: string]: unknown };

const core = { group: '', version: 'v1', namespaced: true } as const;
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: true } as const;
const secrets: Resource<Anything> = { ...core, kind: 'Secret', plural: 'secrets' };
const serviceAccounts: Resource<Anything> = { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts' };
const roles: Resource<Anything> = { ...rbac, kind: 'Role', plural: 'roles' };
const roleBindings: Resource<Anything> = { ...rbac, kind: 'RoleBinding', plural: 'rolebindings' };

/** What the API server takes its own tokens to be for. */
const AUDIENCE = 'https://kubernetes.default.svc';
const LIST = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] };
const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);

/** A cluster that refers to itself as a remote one, and ServiceAccounts with rights of their own. */
async function setUp() {
  const bed = await cluster();
  const { client, namespace, signal } = bed;
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const remotes = createRemoteClients({ client, userAgent: 'kube-test/1', policy: { allowLocalAddresses: true } });
  const borrow = (kubeConfig: KubeconfigReference, serviceAccountName?: string) =>
    remotes.borrow({ namespace, kubeConfig, serviceAccountName }, { signal });
  const create = (resource: Resource<Anything>, name: string, rest: Readonly<Record<string, unknown>> = {}) =>
    client.create(
      resource,
      { apiVersion: resource.group === '' ? 'v1' : `${resource.group}/v1`, kind: resource.kind, metadata: { namespace, name }, ...rest },
      { signal },
    );
  return {
    ...bed,
    connection,
    remotes,
    borrow,
    /** A ServiceAccount that may do this in the namespace, and nothing else; and a token of it. */
    async account(name: string, ...rules: readonly unknown[]): Promise<string> {
      await create(serviceAccounts, name);
      await create(roles, name, { rules });
      await create(roleBindings, name, {
        roleRef: { apiGroup: rbac.group, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      });
      const token = serviceAccountToken({ namespace, name }, { client, clock: systemClock, audiences: [AUDIENCE], signal });
      return (await token()) ?? '';
    },
    secret: (name: string, token: string) => create(secrets, name, { data: { value: base64(kubeconfig(connection, token)) } }),
    create,
    async [Symbol.asyncDispose]() {
      await remotes.close();
      await bed[Symbol.asyncDispose]();
    },
  };
}

const kubeconfig = ({ server, ca = '' }: ClusterConnection, token: string): string =>
  kubeconfigText({ cluster: { server, 'certificate-authority-data': base64(ca) }, user: { token } });

/** Authorization follows RBAC after a moment: it is the API server's own informers that read it. */
const eventually = { timeout: 15_000 } as const;
const list = ({ client, namespace, signal }: Pick<Cluster, 'client' | 'namespace' | 'signal'>) =>
  client.list(configMaps, { namespace, signal }).then(
    () => 'allowed',
    (error: unknown) => String(error),
  );

describe('a kubeconfig in a Secret', () => {
  test('gives the rights of whom it logs in as, and not ours', async () => {
    await using bed = await setUp();
    const { namespace, signal } = bed;
    await bed.secret('prod', await bed.account('reader', LIST));
    using borrowed = await bed.borrow({ secretRef: { name: 'prod' } });
    const { client } = borrowed;
    await expect.poll(() => list({ client, namespace, signal }), eventually).toBe('allowed');
    const user = `system:serviceaccount:${namespace}:reader`;
    expect(await failure(client.create(configMaps, bed.configMap('new'), { signal }))).toMatchObject({
      status: 403,
      message: expect.stringContaining(user) as unknown,
    });
    expect(await failure(client.list(configMaps, { namespace: 'kube-system', signal }))).toMatchObject({ status: 403 });
    expect(await failure(client.list(secrets, { namespace, signal }))).toMatchObject({ status: 403 });
  });

  test('that changes gives the rights of the new one', async () => {
    await using bed = await setUp();
    const { namespace, signal } = bed;
    const [none, some] = [await bed.account('nobody'), await bed.account('reader', LIST)];
    await bed.secret('prod', none);
    const reference = { secretRef: { name: 'prod' } };
    using before = await bed.borrow(reference);
    expect(await list({ client: before.client, namespace, signal })).toContain(`${namespace}:nobody`);
    const data = { value: base64(kubeconfig(bed.connection, some)) };
    await bed.client.patch(secrets, { key: { namespace, name: 'prod' }, patch: { type: 'merge', body: { data } } }, { signal });
    using after = await bed.borrow(reference);
    await expect.poll(() => list({ client: after.client, namespace, signal }), eventually).toBe('allowed');
    expect(await list({ client: before.client, namespace, signal })).toContain('forbidden');
  });

  test('whose user may impersonate acts for a ServiceAccount with that one’s rights', async () => {
    await using bed = await setUp();
    const { namespace, signal } = bed;
    const impersonate = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] };
    await bed.secret('prod', await bed.account('gate', impersonate));
    await bed.account('reader', LIST);
    using borrowed = await bed.borrow({ secretRef: { name: 'prod' } }, 'reader');
    await expect.poll(() => list({ client: borrowed.client, namespace, signal }), eventually).toBe('allowed');
    using itself = await bed.borrow({ secretRef: { name: 'prod' } });
    expect(await list({ client: itself.client, namespace, signal })).toContain(`${namespace}:gate`);
    expect(bed.remotes.size).toBe(1);
  });
});

describe('a ConfigMap of provider generic', () => {
  test('gives the rights of its ServiceAccount', async () => {
    await using bed = await setUp();
    const { namespace, signal, connection } = bed;
    await bed.account('reader', LIST);
    const data = {
      provider: 'generic',
      address: connection.server,
      'ca.crt': connection.ca ?? '',
      audiences: `["${AUDIENCE}"]`,
      serviceAccountName: 'reader',
    };
    await bed.create(configMaps as Resource<Anything>, 'prod', { data });
    await bed.create(configMaps as Resource<Anything>, 'missing', { data: { ...data, serviceAccountName: 'missing' } });
    using borrowed = await bed.borrow({ configMapRef: { name: 'prod' } });
    await expect.poll(() => list({ client: borrowed.client, namespace, signal }), eventually).toBe('allowed');
    expect(await failure(borrowed.client.list(secrets, { namespace, signal }))).toMatchObject({
      status: 403,
      message: expect.stringContaining(`system:serviceaccount:${namespace}:reader`) as unknown,
    });
    using without = await bed.borrow({ configMapRef: { name: 'missing' } });
    expect(await list({ client: without.client, namespace, signal })).toContain(
      `failed to get a token of ServiceAccount '${namespace}/missing': serviceaccounts "missing" not found`,
    );
  });

  test('whose token is for somebody else is let in nowhere', async () => {
    await using bed = await setUp();
    const { namespace, signal, connection } = bed;
    await bed.account('reader', LIST);
    const data = { provider: 'generic', address: connection.server, 'ca.crt': connection.ca ?? '', serviceAccountName: 'reader' };
    await bed.create(configMaps as Resource<Anything>, 'prod', { data });
    using borrowed = await bed.borrow({ configMapRef: { name: 'prod' } });
    expect(await failure(borrowed.client.list(configMaps, { namespace, signal }))).toMatchObject({ status: 401 });
  });
});

test('a tenant’s view of our own cluster has the rights of its ServiceAccount', async () => {
  await using bed = await setUp();
  const { namespace, signal } = bed;
  await bed.account('reader', LIST);
  const client = bed.client.impersonate(serviceAccountIdentity({ namespace, name: 'reader' }));
  await expect.poll(() => list({ client, namespace, signal }), eventually).toBe('allowed');
  expect(await failure(client.create(configMaps, bed.configMap('new'), { signal }))).toMatchObject({ status: 403 });
});
