import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, json } from 'node:stream/consumers';
import { createHasher, DIGEST_ALGORITHMS } from '@gotk/artifact';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnControllerOptions, ownCluster, ownController } from './own-controller.ts';
import { NAME, sourceKinds, startOrigins } from './source-kinds.ts';
import { isReady, type Testbed } from './testbed.ts';

// These controllers are the test's own, on a cluster that nobody else's look at.
const cluster = ownCluster();
let servers: Awaited<ReturnType<typeof startOrigins>>;
beforeAll(async () => {
  servers = await startOrigins();
});
afterAll(() => servers[Symbol.asyncDispose]());

const applyAll = async (bed: Testbed, labels: Readonly<Record<string, string>> = {}): Promise<void> => {
  for (const origin of servers.origins) await origin.apply(bed, { labels });
};

/** A source-controller with a volume of its own, which is at home in the namespace. */
async function start(bed: Testbed, options: OwnControllerOptions): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await ownController(cluster, bed));
  stack.use(await place.start(options));
  return stack.move();
}

/** The namespaces whose object of each kind somebody has begun with. */
const takenOf = async (beds: readonly Testbed[]): Promise<readonly boolean[]> =>
  await Promise.all(
    beds.map(async (bed) => {
      const found = await Promise.all(sourceKinds.map(({ resource }) => bed.get(resource, NAME)));
      return found.some((it) => (it?.metadata.finalizers ?? []).length > 0 || it?.status?.observedGeneration !== -1);
    }),
  );

const shard = (key: string) => [`--watch-label-selector=sharding.fluxcd.io/key=${key}`];

test('a shard has the objects of its label, of every kind, and one that watches one namespace those that are there', async () => {
  await using mine = await cluster.testbed();
  await using theirs = await cluster.testbed();
  await using elsewhere = await cluster.testbed();
  const own = { 'sharding.fluxcd.io/key': 'one' };
  await applyAll(mine, own);
  await applyAll(theirs, { 'sharding.fluxcd.io/key': 'two' });
  await applyAll(elsewhere, own);

  {
    await using _narrow = await start(mine, { flags: shard('one') });
    for (const { resource } of sourceKinds) await mine.until(resource, NAME, isReady);
    expect(await takenOf([mine, theirs, elsewhere])).toEqual([true, false, false]);
  }
  await using _wide = await start(theirs, { flags: shard('one'), allNamespaces: true });
  for (const { resource } of sourceKinds) await elsewhere.until(resource, NAME, isReady);
  expect(await takenOf([theirs, elsewhere])).toEqual([false, true]);
  await using _other = await start(theirs, { flags: shard('two'), allNamespaces: true });
  for (const { resource } of sourceKinds) await theirs.until(resource, NAME, isReady);
});

/** As curl asks: `fetch` adds that it wants nothing that is kept anywhere. */
async function ask(url: string, headers: OutgoingHttpHeaders = {}) {
  const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe.each(DIGEST_ALGORITHMS)('--artifact-digest-algo=%s', (algorithm) => {
  test('is what the artifacts of every kind are digested with, and whole, in part or not again is how they are served', async () => {
    await using bed = await cluster.testbed();
    await applyAll(bed);
    await using _controller = await start(bed, { flags: [`--artifact-digest-algo=${algorithm}`] });
    for (const { resource } of sourceKinds) {
      const { artifact, url: latest } = (await bed.until(resource, NAME, isReady)).status ?? {};
      const url = artifact?.url ?? '';
      const whole = await ask(url);
      const hasher = createHasher(algorithm);
      hasher.update(whole.body);
      expect([artifact?.digest, artifact?.size]).toEqual([`${algorithm}:${hasher.hex()}`, whole.body.length]);
      if (resource.kind !== 'GitRepository') expect((await ask(latest ?? '')).body).toEqual(whole.body);
      expect(await ask(url, { range: 'bytes=1-4' })).toMatchObject({ status: 206, body: whole.body.subarray(1, 5) });
      expect(await ask(url, { 'if-modified-since': whole.headers['last-modified'] })).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    }
  });
});

test('--events-addr gets an event of every new artifact, with revision and digest', async () => {
  const events: Posted[] = [];
  const receiver = createServer(async (request, response) => {
    events.push((await json(request)) as Posted);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    await using bed = await cluster.testbed();
    await applyAll(bed);
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await using _controller = await start(bed, { flags: [`--events-addr=${url}`] });
    for (const { kind, resource, news } of sourceKinds) {
      const { revision, digest } = (await bed.until(resource, NAME, isReady)).status?.artifact ?? {};
      const event = {
        involvedObject: expect.objectContaining({ kind, namespace: bed.namespace, name: NAME }),
        severity: 'info',
        reason: news,
        metadata: { 'source.toolkit.fluxcd.io/revision': revision, 'source.toolkit.fluxcd.io/digest': digest },
        reportingController: 'source-controller',
      };
      await expect.poll(() => events, { timeout: 20_000 }).toEqual(expect.arrayContaining([expect.objectContaining(event)]));
    }
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

interface Posted {
  readonly reason: string;
}
