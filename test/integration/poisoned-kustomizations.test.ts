import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { issueServingCertificate } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { expectUnaffected, type Neighbours, startNeighbours } from './neighbours.ts';
import { ownCluster } from './own-controller.ts';
import { endOf, type OwnToolkit, startOwnToolkit } from './own-toolkit.ts';
import { condition, failsWith, resources, type Testbed } from './testbed.ts';

// The controller is the tests' own: what they measure is nobody else's doing.
const cluster = ownCluster();

const SOUND = ['sound-0', 'sound-1', 'sound-2', 'sound-3'];
let stack: AsyncDisposableStack;
let bed: Testbed;
let toolkit: OwnToolkit;
let neighbours: Neighbours;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  bed = stack.use(await cluster.testbed());
  toolkit = stack.use(await startOwnToolkit(cluster, { namespace: bed.namespace }));
  neighbours = await startNeighbours(bed, 100);
  for (const name of SOUND)
    await bed.kustomization(name, { path: './well-0', namePrefix: `${name}-`, sourceRef: { kind: 'GitRepository', name: 'well' } });
});
afterAll(async () => {
  // Nothing that it was fed has ended it, or left a promise without an owner.
  const end = await endOf(toolkit.applier);
  await stack.disposeAsync();
  expect(end).toEqual({ code: 0, hasStrayErrors: false });
});

async function kustomizationOf(name: string, files: NonNullable<Parameters<Testbed['repository']>[0]>, spec: object = {}): Promise<void> {
  const repository = await bed.repository({ 'keep.yaml': configMap(`keep-${name}`, {}), ...files });
  await bed.gitRepository(name, { url: repository.url });
  await bed.kustomization(name, { sourceRef: { kind: 'GitRepository', name }, ...spec });
}

/** Forty levels, each of which has the next one twice. */
const tower = Object.fromEntries(
  Array.from({ length: 40 }, (_, level) => [`d${level}/kustomization.yaml`, `resources: [../d${level + 1}, ../d${level + 1}/.]\n`]),
);
/** Nearly as many values as a file may have, of three bytes each: read, they take some hundred megabytes. */
const manyValues = (name: string) => `${configMap(name, {})}values: [${'{},'.repeat(1_500_000)}{}]\n`;

const list = `[${Array.from({ length: 300 }, (_, index) => index).join(',')}]`;
const costly = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, a + b + c + d >= 0))))`;

async function silentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('P3, P4, F23: a bomb for the processor, one for the memory, one in CEL and one that hangs take nothing from a hundred others', {
  timeout: 400_000,
}, async ({ annotate }) => {
  await kustomizationOf('processor', {
    ...tower,
    'kustomization.yaml': 'resources: [keep.yaml, d0]\n',
    'd40/kustomization.yaml': 'resources: []\n',
  });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  await kustomizationOf('memory', Object.fromEntries(names.map((name) => [`${name}.yaml`, manyValues(name)])));
  await kustomizationOf(
    'expression',
    {},
    {
      timeout: '5s',
      wait: true,
      healthCheckExprs: [{ apiVersion: 'v1', kind: 'ConfigMap', current: costly }],
    },
  );
  const kubeconfig = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [
      {
        name: 'c',
        cluster: { server: await silentServer(), 'certificate-authority-data': btoa(issueServingCertificate(['127.0.0.1']).ca) },
      },
    ],
    users: [{ name: 'u', user: {} }],
  };
  await bed.apply(resources.secret, { metadata: { name: 'silent' }, stringData: { value: JSON.stringify(kubeconfig) } });
  await kustomizationOf('hang', {}, { timeout: '5s', kubeConfig: { secretRef: { name: 'silent' } } });

  const outcomes: Readonly<Record<string, readonly [reason: string, message: RegExp]>> = {
    processor: ['BuildFailed', /more than 10000 kustomizations to build/],
    memory: ['BuildFailed', /of memory/],
    expression: ['HealthCheckFailed', /health check failed after 5s/],
    hang: ['ReconciliationFailed', /timed out/],
  };
  for (const [name, [reason, message]] of Object.entries(outcomes)) {
    const failed = await bed.applier(name, failsWith(reason));
    expect(condition(failed, 'Ready')?.message, name).toMatch(message);
  }
  const measured = await expectUnaffected(bed, neighbours, {
    poisoned: Object.keys(outcomes),
    sound: SOUND,
    busy: true,
    controller: toolkit.applier,
  });
  expect(measured.residentMiB.poisoned).toBeLessThan(1024);
  await annotate(JSON.stringify({ ...measured, looks: undefined }));
});
