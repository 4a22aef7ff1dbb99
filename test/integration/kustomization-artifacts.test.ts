import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { externalArtifacts, type Kustomization, kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { startScriptedServer } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entryOf, type RawEntry, tarOf } from '../../packages/artifact/test/tar.ts';
import { configMap } from './manifests.ts';
import { residentMiB } from './measures.ts';
import { lookAt } from './neighbours.ts';
import { ownCluster } from './own-controller.ts';
import { type OwnToolkit, startOwnToolkit } from './own-toolkit.ts';
import { condition, isReady, messageOf, type Testbed } from './testbed.ts';

const cluster = ownCluster();
const MIB = 1024 * 1024;
const CANARY = `CANARY-${randomUUID()}`;

let stack: AsyncDisposableStack;
let bed: Testbed;
let toolkit: OwnToolkit;
/** By the path at which it is served. */
const served = new Map<string, Buffer>();
let url: string;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  bed = stack.use(await cluster.testbed());
  toolkit = stack.use(
    await startOwnToolkit(cluster, { namespace: bed.namespace, applierFlags: ['--feature-gates=ExternalArtifact=true', '--http-retry=0'] }),
  );
  await writeFile(join(toolkit.directory, 'token'), `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { a: ${CANARY} }\n`);
  const server = stack.use(
    await startScriptedServer(({ url: path = '' }, response) => {
      const answer = served.get(path);
      response.writeHead(answer === undefined ? 404 : 200).end(answer);
    }),
  );
  ({ url } = server);
});
afterAll(() => stack.disposeAsync());

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Somebody else's controller says that there is such an artifact, and a Kustomization follows it. */
async function follows(name: string, content: Buffer, digest = sha256(content)): Promise<void> {
  served.set(`/${name}`, content);
  await bed.apply(externalArtifacts as unknown as Resource, { metadata: { name } });
  const artifact = { path: name, url: `${url}/${name}`, revision: `v1@${digest}`, digest, lastUpdateTime: '2026-01-01T00:00:00Z' };
  await bed.client.patch(
    externalArtifacts,
    { key: { namespace: bed.namespace, name }, patch: { type: 'merge', body: { status: { artifact } } } },
    { signal: bed.signal, subresource: 'status', fieldManager: 'them' },
  );
  await bed.kustomization(name, { sourceRef: { kind: 'ExternalArtifact', name }, timeout: '30s', retryInterval: '10m' });
}

const packed = (name: string, ...entries: readonly RawEntry[]) =>
  gzipSync(tarOf({ name: 'it.yaml', content: configMap(name, {}) }, ...entries));
/** One file of zeros: two gigabytes of them in some two megabytes. */
function bomb(): Buffer {
  const head = entryOf({ name: 'zeros', size: 2 * 1024 * MIB }).subarray(0, 512);
  const member = gzipSync(Buffer.alloc(16 * MIB));
  return Buffer.concat([gzipSync(head), ...Array.from({ length: 128 }, () => member)]);
}
/** Two gigabytes in files of thirty megabytes. */
function manyFiles(): Buffer {
  const size = 30 * MIB;
  const zeros = gzipSync(Buffer.alloc(size));
  return Buffer.concat(
    Array.from({ length: 70 }, (_, index) => [gzipSync(entryOf({ name: `f${index}`, size }).subarray(0, 512)), zeros]).flat(),
  );
}

const HOSTILE: Readonly<Record<string, () => readonly [content: Buffer, says: RegExp, digest?: string]>> = {
  'a bomb of one file': () => [bomb(), /1073741824|larger|more than/],
  'a bomb of many files': () => [manyFiles(), /1073741824|larger|more than/],
  'two hundred thousand entries': () => [
    gzipSync(
      Buffer.concat([
        ...Array.from({ length: 200_000 }, (_, index) => entryOf({ name: `l${index}`, type: '2', linkTo: 'x' })),
        Buffer.alloc(1_024),
      ]),
    ),
    /more than 100000 entries/,
  ],
  'leading out of its directory': () => [packed('up', { name: '../../token', content: 'x' }), /must not be unpacked/],
  'no archive': () => [Buffer.alloc(1_000, 'x'), /./],
  'something else than its digest says': () => [packed('other'), /not what its digest says/, `sha256:${'b'.repeat(64)}`],
};

test.each(Object.entries(HOSTILE))(
  'row 33: an artifact that is %s fails its Kustomization, leaves nothing behind, and others go on',
  { timeout: 120_000 },
  async (what, make) => {
    await follows('well', packed('well'));
    await bed.applier('well', isReady);
    const before = await residentMiB(toolkit.applier);
    const name = `e-${Object.keys(HOSTILE).indexOf(what)}`;
    const [content, says, digest] = make();
    await follows(name, content, digest);
    // Kustomizations and artifacts are two watches: the one may have been waited for.
    const isWaiting = (it: Kustomization) => messageOf(it).startsWith("Source 'ExternalArtifact/");
    const failed = await bed.applier(name, (it) => condition(it, 'Ready')?.status === 'False' && !isWaiting(it));
    expect(condition(failed, 'Ready')).toMatchObject({ reason: 'ArtifactFailed', message: expect.stringMatching(says) });
    expect((await residentMiB(toolkit.applier)) - before).toBeLessThan(128);
    expect(isReady(await lookAt(bed, 'well'))).toBe(true);
    await bed.client.delete(kustomizations, { namespace: bed.namespace, name }, { signal: bed.signal });
    await bed.untilGone(kustomizations, name);
    const trees = (await readdir(toolkit.directory)).find((entry) => entry.startsWith('gotk-trees-')) ?? '';
    await expect.poll(async () => (await readdir(join(toolkit.directory, trees))).length, { timeout: 10_000 }).toBeLessThanOrEqual(1);
    expect(await readFile(join(toolkit.directory, 'token'), 'utf8')).toContain(CANARY);
  },
);

test('A2, row 33: links of an artifact that somebody else has packed do not come out, and what they lead to is not applied', async () => {
  const { directory } = toolkit;
  const links = [
    { name: 'link.yaml', type: '2', linkTo: `${directory}/token` },
    { name: 'hard.yaml', type: '1', linkTo: `${directory}/token` },
    { name: 'root', type: '2', linkTo: '/' },
    { name: 'device.yaml', type: '3' },
  ];
  await follows('links', packed('links', ...links));
  const ready = await bed.applier('links', isReady);
  expect(ready.status?.inventory?.entries).toEqual([{ id: `${bed.namespace}_links__ConfigMap`, v: 'v1' }]);
  await follows('named', packed('named', ...links, { name: 'kustomization.yaml', content: 'resources: [it.yaml, link.yaml]\n' }));
  const failed = await bed.applier('named', (it) => condition(it, 'Ready')?.reason === 'BuildFailed');
  expect(condition(failed, 'Ready')?.message).toContain("there is no file or directory 'link.yaml'");
  expect(JSON.stringify([ready, failed, await readFile(toolkit.applier.logFile, 'utf8')])).not.toContain(CANARY);
});
