import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { buckets, gitRepositories, helmRepositories, ociRepositories } from '@gotk/api';
import type { Condition, KubeObject, Resource } from '@gotk/apimachinery';
import { eventually, freePort, issueServingCertificate } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { canariesIn, canary, canaryCount } from './canaries.ts';
import { type HostileServer, startHostileServer } from './hostile-server.ts';
import { condition, resources, type Testbed, testbed } from './testbed.ts';

interface Source extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

type Secrets = Readonly<Record<string, () => Readonly<Record<string, string>>>>;
interface Kind {
  readonly resource: Resource<Source>;
  spec(at: { readonly host: string; readonly scheme: 'http' | 'https' }): object;
  /** What can be secret, by what it is; the fields of the Secret, which is the one of `secretRef` unless a `field` says otherwise. */
  readonly secrets: Secrets;
}

const basic = () => ({ username: canary(), password: canary() });
const bearer = () => ({ bearerToken: canary() });
const key = () => `-----BEGIN PRIVATE KEY-----\n${Buffer.from(canary().repeat(3)).toString('base64')}\n-----END PRIVATE KEY-----\n`;
const certificate = issueServingCertificate(['127.0.0.1']);
const tls = () => ({ 'tls.crt': certificate.cert, 'tls.key': key() });
const dockerConfig = (host: string) => ({
  '.dockerconfigjson': JSON.stringify({
    // Who logs in to a registry is no secret: it is the same for everybody at most clouds.
    auths: { [host]: { username: 'robot', password: canary() } },
  }),
});
const KINDS: Readonly<Record<string, Kind>> = {
  git: {
    resource: gitRepositories as unknown as Resource<Source>,
    spec: ({ host, scheme }) => ({ url: `${scheme}://${host}/app.git`, timeout: '1s' }),
    secrets: {
      basic,
      bearer,
      certificate: tls,
      app: () => ({ githubAppID: '1', githubAppInstallationID: '2', githubAppPrivateKey: key() }),
    },
  },
  ssh: {
    resource: gitRepositories as unknown as Resource<Source>,
    spec: ({ host }) => ({ url: `ssh://git@${host}/app.git`, timeout: '1s' }),
    secrets: {
      identity: () => ({ identity: key(), password: canary(), known_hosts: '127.0.0.1 ssh-ed25519 AAAA' }),
    },
  },
  helm: {
    resource: helmRepositories as unknown as Resource<Source>,
    spec: ({ host, scheme }) => ({ url: `${scheme}://${host}/`, timeout: '1s' }),
    secrets: { basic, certificate: tls },
  },
  oci: {
    resource: ociRepositories as unknown as Resource<Source>,
    spec: ({ host, scheme }) => ({ url: `oci://${host}/team/app`, insecure: scheme === 'http', timeout: '1s' }),
    secrets: { config: () => dockerConfig('HOST'), basic },
  },
  s3: {
    resource: buckets as unknown as Resource<Source>,
    spec: ({ host, scheme }) => ({ endpoint: host, bucketName: 'apps', insecure: scheme === 'http', timeout: '1s' }),
    secrets: { keys: () => ({ accesskey: canary(), secretkey: canary() }) },
  },
  azure: {
    resource: buckets as unknown as Resource<Source>,
    spec: ({ host, scheme }) => ({ provider: 'azure', endpoint: `${scheme}://${host}/acct`, bucketName: 'apps', timeout: '1s' }),
    secrets: {
      account: () => ({ accountKey: Buffer.from(canary()).toString('base64') }),
      sas: () => ({ sasKey: `?sv=2022&sig=${encodeURIComponent(canary())}` }),
    },
  },
  gcs: {
    resource: buckets as unknown as Resource<Source>,
    spec: ({ host }) => ({ provider: 'gcp', endpoint: host, bucketName: 'apps', timeout: '1s' }),
    secrets: { account: () => ({ serviceaccount: JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: key() }) }) },
  },
};

interface Place extends AsyncDisposable {
  readonly host: string;
  readonly scheme?: 'http' | 'https';
}

/** Everything that was said to it, as a server would repeat it. */
const echo = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  startHostileServer((request, response) => {
    const { authorization = '' } = request.headers;
    const [, encoded = ''] = authorization.split(' ');
    const said = `${request.url} ${authorization} ${Buffer.from(encoded, 'base64')
      .toString('utf8')
      .replaceAll(/[^ -~]/g, '.')}`;
    response.writeHead(status, { ...headers, 'x-said': encodeURI(said).slice(0, 2_000) }).end(`you said: ${said}`);
  });

async function sockets(serve: (socket: Socket) => void): Promise<Place> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const nowhere = async (host: string): Promise<Place> => ({ host, [Symbol.asyncDispose]: async () => undefined });

/** Places where every request fails. */
const PLACES: Readonly<Record<string, () => Promise<Place | HostileServer>>> = {
  'no-name': () => nowhere('no-such-host.invalid'),
  refused: async () => nowhere(`127.0.0.1:${await freePort()}`),
  reset: () => sockets((socket) => void socket.once('data', () => socket.resetAndDestroy())),
  'no-tls': async () => ({ ...(await sockets((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'))), scheme: 'https' }),
  garbage: () => sockets((socket) => void socket.once('data', (said) => socket.end(Buffer.concat([said, said])))),
  status401: () => echo(401, { 'www-authenticate': 'Basic realm="x"' }),
  status403: () => echo(403),
  status404: () => echo(404),
  status500: () => echo(500),
  nonsense: () => echo(200),
  silence: () => startHostileServer(() => undefined),
  circle: () => startHostileServer((request, response) => response.writeHead(302, { location: `${request.url}` }).end()),
  elsewhere: () =>
    startHostileServer((request, response) =>
      response.writeHead(307, { location: `ftp://${encodeURIComponent(request.headers.authorization ?? 'x')}@x/` }).end(),
    ),
};

const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));

/** A source and the Secret that it refers to. */
interface Wanted {
  readonly resource: Resource<Source>;
  readonly name: string;
  readonly spec: object;
  readonly secret: Readonly<Record<string, string>>;
}

const fieldFor = (kind: string, what: string) => (what === 'certificate' && kind !== 'git' ? 'certSecretRef' : 'secretRef');

/** Every kind with every credential that it can have, and with a proxy that wants one. */
function wantedAt(
  where: string,
  { host, scheme = 'http' }: { readonly host: string; readonly scheme?: 'http' | 'https' },
): readonly Wanted[] {
  const logins = Object.entries(KINDS).flatMap(([kind, { resource, spec, secrets }]) =>
    Object.entries(secrets).map(([what, fields]) => {
      const name = `${kind}-${what}-${where}`;
      const more = what === 'app' ? { provider: 'github' } : {};
      const secret = Object.fromEntries(Object.entries(fields()).map(([field, value]) => [field, value.replaceAll('HOST', host)]));
      return { resource, name, secret, spec: { ...spec({ host, scheme }), ...more, [fieldFor(kind, what)]: { name } } };
    }),
  );
  const proxied = Object.entries(KINDS).flatMap(([kind, { resource, spec }]) => {
    if (!['git', 'oci', 's3'].includes(kind)) return [];
    const name = `${kind}-proxy-${where}`;
    const secret = { address: `http://${host}`, username: canary(), password: canary() };
    return [{ resource, name, secret, spec: { ...spec({ host: 'x.example.dev', scheme: 'https' }), proxySecretRef: { name } } }];
  });
  return [...logins, ...proxied];
}

async function create(bed: Testbed, { resource, name, spec, secret }: Wanted): Promise<void> {
  const type = '.dockerconfigjson' in secret ? { type: 'kubernetes.io/dockerconfigjson' } : {};
  await bed.apply(resources.secret, { metadata: { name }, data: encoded(secret), ...type });
  await bed.apply(resource as unknown as Resource, { metadata: { name }, spec: { interval: '10m', ...spec } });
}

test('row 7, P8: no credential shows in a status, an event, the log or a metric, whatever a server does with it', {
  timeout: 120_000,
}, async () => {
  await using bed = await testbed();
  await using stack = new AsyncDisposableStack();
  const objects: Wanted[] = [];
  for (const [where, start] of Object.entries(PLACES)) {
    const wanted = wantedAt(where, stack.use(await start()));
    await Promise.all(wanted.map((each) => create(bed, each)));
    objects.push(...wanted);
  }
  expect(canaryCount()).toBeGreaterThan(200);

  const statuses = new Map<string, Source>();
  await eventually(
    async () => {
      for (const resource of new Set(objects.map((each) => each.resource)))
        for (const object of (await bed.client.list(resource, { namespace: bed.namespace, signal: bed.signal })).items)
          if (condition(object, 'Ready')?.status === 'False') statuses.set(`${resource.kind} ${object.metadata.name}`, object);
      const waiting = objects.filter(({ resource, name }) => !statuses.has(`${resource.kind} ${name}`));
      if (waiting.length > 0) throw new Error(`have not failed: ${waiting.map(({ name }) => name).join(', ')}`);
    },
    { timeoutMs: 45_000 },
  );
  // Events are written behind the statuses that they are about.
  const events = await eventually(
    async () => {
      const { items } = await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal });
      if (items.length < objects.length) throw new Error(`there are ${items.length} events for ${objects.length} objects`);
      return items;
    },
    { timeoutMs: 30_000 },
  );
  const said: Readonly<Record<string, string>> = {
    statuses: JSON.stringify([...statuses.values()].map(({ metadata: { name }, status }) => ({ name, status }))),
    events: JSON.stringify(events),
    log: await readFile(join(inject('directory'), 'source-controller.log'), 'utf8'),
    metrics: await (await fetch(inject('metricsUrls')['source-controller'] ?? '')).text(),
  };
  expect(canariesIn(said)).toEqual([]);
});
