import { randomUUID } from 'node:crypto';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kustomization, kustomizations } from '@gotk/api';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createRawApi, freePort, issueServingCertificate, startScriptedServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { canariesIn, canary } from './canaries.ts';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { type OwnToolkit, startOwnToolkit } from './own-toolkit.ts';
import { clusterRoleBindings, serviceAccounts } from './tenants.ts';
import { condition, isReady, resources, type Testbed } from './testbed.ts';

const cluster = ownCluster();
const authority = issueServingCertificate(['127.0.0.1']);

/** The controllers log in as a pod does: by a token of their own, from a file. */
async function startAsPod(
  bed: Testbed,
  directory: string,
): Promise<{ readonly toolkit: OwnToolkit; readonly token: string; readonly tokenFile: string }> {
  await bed.apply(serviceAccounts, { metadata: { name: 'controller' } });
  await bed.apply(clusterRoleBindings, {
    metadata: { name: 'controller' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'controller', namespace: bed.namespace }],
  });
  const raw = createRawApi(await loadConnection({ kubeconfigPath: cluster.kubeconfigPath }));
  const path = `/api/v1/namespaces/${bed.namespace}/serviceaccounts/controller/token`;
  const { text } = await raw.request({ method: 'POST', path, body: { spec: { expirationSeconds: 3_600 } } });
  await raw.close();
  const { token } = (JSON.parse(text) as { readonly status: { readonly token: string } }).status;
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, token);
  const kubeconfigPath = join(directory, 'kubeconfig');
  const kubeconfig = JSON.parse(await readFile(cluster.kubeconfigPath, 'utf8')) as { readonly users: readonly [{ readonly name: string }] };
  await writeFile(kubeconfigPath, JSON.stringify({ ...kubeconfig, users: [{ name: kubeconfig.users[0].name, user: { tokenFile } }] }));
  const toolkit = await startOwnToolkit({ kubeconfigPath }, { namespace: bed.namespace });
  return { toolkit, token, tokenFile };
}

interface Entries {
  readonly cluster?: object;
  readonly user?: object;
}
const kubeconfigOf = (server: string, { cluster: more = {}, user = {} }: Entries): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': btoa(authority.ca), ...more } }],
    users: [{ name: 'u', user }],
  });

/** A Kustomization for each kubeconfig. Resolves with all of them once none is ready. */
async function applied(bed: Testbed, kubeconfigs: Readonly<Record<string, string>>): Promise<Readonly<Record<string, Kustomization>>> {
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.source('repo', isReady);
  for (const [name, kubeconfig] of Object.entries(kubeconfigs)) {
    await bed.apply(resources.secret, { metadata: { name }, stringData: { value: kubeconfig } });
    await bed.kustomization(name, { kubeConfig: { secretRef: { name } }, timeout: '5s' });
  }
  const failed: [string, Kustomization][] = [];
  for (const name of Object.keys(kubeconfigs)) {
    const it = await bed.applier(
      name,
      (each) => condition(each, 'Ready')?.status === 'False' && condition(each, 'Ready')?.reason !== 'ArtifactFailed',
    );
    expect(condition(it, 'Ready')?.reason, name).toBe('ReconciliationFailed');
    failed.push([name, it]);
  }
  return Object.fromEntries(failed);
}

/** Everything that anybody could read of what became of all Kustomizations. */
async function allThatIsSaid(bed: Testbed, { applier: { logFile, metricsUrl } }: OwnToolkit): Promise<Readonly<Record<string, string>>> {
  const { items } = await bed.client.list(kustomizations, { namespace: bed.namespace, signal: bed.signal });
  const { items: events } = await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal });
  return {
    statuses: JSON.stringify(items.map(({ status }) => status)),
    events: JSON.stringify(events),
    log: await readFile(logFile, 'utf8'),
    metrics: await (await fetch(metricsUrl)).text(),
  };
}

test('A21 (CVE-2022-24817): a kubeconfig that starts a program, reads a file or lowers trust is refused; nobody is asked, and no token of ours is shown to anybody', async () => {
  await using bed = await cluster.testbed();
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-pod-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const { toolkit, token, tokenFile } = await startAsPod(bed, directory);
  stack.use(toolkit);
  const attacker = stack.use(
    await startScriptedServer((_request, response) => void response.writeHead(401).end(), { certificate: authority }),
  );
  const proxy = stack.use(await startScriptedServer((_request, response) => void response.writeHead(502).end()));
  const open = stack.use(await startScriptedServer((_request, response) => void response.writeHead(401).end()));
  const touched = join(directory, `touched-${randomUUID()}`);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/usr/bin/touch', args: [touched], interactiveMode: 'Never' };
  const refused: Readonly<Record<string, Entries & { readonly field: string; readonly server?: string }>> = {
    exec: { user: { exec }, field: 'exec' },
    'auth-provider': {
      user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/usr/bin/touch', 'cmd-args': touched } } },
      field: 'auth-provider',
    },
    'token-file': { user: { tokenFile }, field: 'tokenFile' },
    'client-key': { user: { 'client-key': tokenFile, 'client-certificate': tokenFile }, field: 'client-certificate' },
    authority: { cluster: { 'certificate-authority': tokenFile }, field: 'certificate-authority' },
    proxy: { cluster: { 'proxy-url': proxy.url }, field: 'proxy-url' },
    'no-verification': {
      cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': null },
      field: 'insecure-skip-tls-verify',
    },
    'in-the-clear': { server: open.url, field: 'server' },
    impersonates: { user: { as: 'system:admin' }, field: 'as' },
  };
  const configs = Object.entries(refused).map(
    ([name, { server = attacker.url, ...entries }]) => [name, kubeconfigOf(server, entries)] as const,
  );
  const failed = await applied(bed, Object.fromEntries(configs));
  for (const [name, { field }] of Object.entries(refused))
    expect(condition(failed[name] ?? {}, 'Ready')?.message, name).toContain(`'${field}'`);
  expect([attacker.connections, proxy.connections, open.connections]).toEqual([0, 0, 0]);
  await expect(access(touched)).rejects.toThrow(/ENOENT/);

  // One that nothing is wrong with is used, with its own login or none.
  await applied(bed, { anonymous: kubeconfigOf(attacker.url, {}), named: kubeconfigOf(attacker.url, { user: { token: 'theirs' } }) });
  expect(new Set(attacker.requests.map(({ authorization }) => authorization))).toEqual(new Set([undefined, 'Bearer theirs']));
  expect(JSON.stringify(attacker.requests)).not.toContain(token);
  expect(Object.values(await allThatIsSaid(bed, toolkit)).join(' ')).not.toContain(token);
});

test('P8: no credential of a kubeconfig shows in a status, an event, the log or a metric, whatever is wrong with it and whatever its server does', {
  timeout: 120_000,
}, async () => {
  await using bed = await cluster.testbed();
  await using stack = new AsyncDisposableStack();
  const toolkit = stack.use(await startOwnToolkit(cluster, { namespace: bed.namespace, applierFlags: ['--concurrent=8'] }));
  const echo = async (status: number, headers: Readonly<Record<string, string>> = {}) =>
    stack.use(
      await startScriptedServer(
        ({ headers: { authorization = '' }, url }, response) => {
          const message = `you are ${authorization} and want ${url}`;
          const text = JSON.stringify({
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Failure',
            reason: authorization,
            code: status,
            message,
          });
          response
            .writeHead(status, { 'content-type': 'application/json', warning: `299 - "${encodeURI(authorization)}"`, ...headers })
            .end(text);
        },
        { certificate: authority },
      ),
    ).url;
  const tcp = async (serve: (socket: Socket) => void): Promise<string> => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      serve(socket.on('error', () => undefined));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stack.defer(async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const address = server.address();
    return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  };
  const places: Readonly<Record<string, string>> = {
    'no-name': 'https://no-such-host.invalid',
    refused: `https://127.0.0.1:${await freePort()}`,
    reset: await tcp((socket) => void socket.once('data', () => socket.resetAndDestroy())),
    'no-tls': await tcp((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')),
    ...Object.fromEntries(
      await Promise.all([200, 401, 403, 404, 409, 429, 500, 503].map(async (status) => [`says-${status}`, await echo(status)])),
    ),
    elsewhere: await echo(302, { location: 'https://elsewhere.invalid/' }),
  };
  // No token has blanks or quotes; of what is left each encoding changes something.
  const atPlaces = Object.entries(places).map(([name, server]) => [name, kubeconfigOf(server, { user: { token: canary() } })] as const);
  const at = places['says-401'] ?? '';
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: canary(),
    args: [canary()],
    env: [{ name: 'X', value: canary() }],
  };
  const broken: Readonly<Record<string, string>> = {
    'not-yaml': `users: [{ token: ${canary()}`,
    'another-secret': canary(),
    'two-lines': kubeconfigOf(at, { user: { token: `${canary()}\n${canary()}` } }),
    'no-key': kubeconfigOf(at, { user: { 'client-certificate-data': btoa(canary()), 'client-key-data': btoa(canary()) } }),
    'no-base64': kubeconfigOf(at, { user: { 'client-certificate-data': canary(), 'client-key-data': canary() } }),
    password: kubeconfigOf(at, { user: { username: canary(), password: canary() } }),
    exec: kubeconfigOf(at, { user: { exec } }),
    provider: kubeconfigOf(at, { user: { 'auth-provider': { name: 'oidc', config: { 'refresh-token': canary() } } } }),
    'in-address': kubeconfigOf(at.replace('//', `//jane:${encodeURIComponent(canary())}@`), {}),
    'in-proxy': kubeconfigOf(at, { cluster: { 'proxy-url': `http://jane:${encodeURIComponent(canary())}@127.0.0.1:1` } }),
    'no-address': kubeconfigOf(canary(), {}),
    'no-authority': kubeconfigOf(at, { cluster: { 'certificate-authority-data': btoa(canary()) } }),
    'no-server-name': kubeconfigOf(at, { cluster: { 'tls-server-name': canary() } }),
  };
  const names = [...Object.keys(places), ...Object.keys(broken)];
  await applied(bed, { ...Object.fromEntries(atPlaces), ...broken });
  // Events are written behind the statuses that they are about.
  await expect
    .poll(async () => (await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal })).items.length, {
      timeout: 20_000,
    })
    .toBeGreaterThanOrEqual(names.length);
  const said = await allThatIsSaid(bed, toolkit);
  // What servers say is told, as far as it is no secret.
  expect(said.statuses).toMatch(/you are [^"]*\*{5}/);
  expect(canariesIn(said)).toEqual([]);
});
