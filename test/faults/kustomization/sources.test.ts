import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gitRepositories } from '@gotk/api';
import { describe, expect, test } from 'vitest';
import type { Misbehaviour } from './artifact-server.ts';
import { type ApplierBed, applierBed, conditionOf, failsWith, isReadyWith } from './bed.ts';
import { configMap, contentOf } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

const files = (content: string) => ({ 'a.yaml': configMap('a', content), 'b.yaml': configMap('b', content) });

async function applied(): Promise<ApplierBed> {
  const bed = await applierBed(cluster.plane);
  await bed.start({ flags: ['--http-retry=1', '--min-retry-delay=200ms', '--max-retry-delay=1s'] });
  const revision = await bed.publish(files('first'));
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(revision));
  return bed;
}

/** What is applied, and who it is: `a first <uid>`. */
const applies = async (bed: ApplierBed): Promise<readonly string[]> =>
  (await bed.live()).map((object) => `${object.metadata.name} ${contentOf(object)} ${object.metadata.uid}`).sort();

const damages = {
  'with one bit turned': (bytes: Buffer) => {
    const at = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  },
  'that was cut off': (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
  'that is empty': () => Buffer.alloc(0),
};

describe('F17: an artifact', () => {
  test.for(Object.entries(damages))('%s is not applied, and the right one is when it is there', async ([, damage]) => {
    await using bed = await applied();
    const before = await applies(bed);
    const artifact = await bed.artifacts.pack(files('second'));
    let right: Buffer | undefined;
    bed.artifacts.damage(artifact, (bytes) => {
      right = Buffer.from(bytes);
      return damage(bytes);
    });
    await bed.point(artifact);
    const refused = await bed.until('app', failsWith('ArtifactFailed'));
    expect(conditionOf(refused, 'Ready')?.message).toContain('is not what its digest says');
    expect(refused.status?.lastAppliedRevision).not.toBe(artifact.revision);
    expect(await applies(bed)).toEqual(before);
    bed.artifacts.damage(artifact, () => right);
    await bed.until('app', isReadyWith(artifact.revision));
  });

  test('that took the place of another is not applied', async () => {
    await using bed = await applied();
    const before = await applies(bed);
    const [artifact, other] = [await bed.artifacts.pack(files('second')), await bed.artifacts.pack(files('of somebody else'))];
    await bed.point({ ...artifact, url: other.url });
    await bed.until('app', failsWith('ArtifactFailed'));
    expect(await applies(bed)).toEqual(before);
  });
});

describe('F18: a source', () => {
  const patchStatus = (bed: ApplierBed, status: unknown) =>
    bed.client.patch(
      gitRepositories,
      { key: { namespace: bed.namespace, name: 'repo' }, patch: { type: 'merge', body: { status } } },
      { signal: AbortSignal.timeout(10_000), subresource: 'status' },
    );
  const losses: Readonly<Record<string, (bed: ApplierBed) => Promise<unknown>>> = {
    'that was deleted': (bed) => bed.loseSource(),
    'whose artifact was lost with its volume': (bed) => patchStatus(bed, { artifact: null }),
    'whose server has lost its files': async (bed) => {
      const artifact = await bed.artifacts.pack(files('second'));
      bed.artifacts.damage(artifact, () => undefined);
      await bed.point(artifact);
    },
  };

  test.for(Object.entries(losses))(
    '%s takes nothing of what was applied with it, and is followed again when it is back',
    async ([, lose]) => {
      await using bed = await applied();
      const before = await applies(bed);
      await lose(bed);
      await bed.request('app');
      await bed.until('app', failsWith('ArtifactFailed'));
      await delay(500);
      expect(await applies(bed)).toEqual(before);
      expect(bed.proxy.trace.records.filter(({ verb }) => verb === 'delete')).toEqual([]);
      const revision = await bed.publish(files('third'));
      await bed.until('app', isReadyWith(revision));
      const world = await worldOf(bed, 'app');
      expect([orphansIn(world), phantomsIn(world)]).toEqual([[], []]);
      expect(await applies(bed)).toEqual(before.map((text) => text.replace('first', 'third')));
    },
  );
});

/** By the beginning of the path that it is about. */
const silences: Readonly<Record<string, Misbehaviour>> = {
  'never-answers': () => true,
  'stops-in-the-middle': (_request, response) => {
    response.writeHead(200, { 'content-length': 100_000 });
    response.write('x');
    return true;
  },
  'sends-a-byte-now-and-then': (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('x'), 200);
    response.on('close', () => clearInterval(drip));
    return true;
  },
};

test('F20: servers of artifacts that are silent, or as good as that, fail who waits for them within their timeout, and nobody else waits', async ({
  annotate,
}) => {
  await using bed = await applied();
  using _silent = bed.artifacts.misbehave((request, response) => {
    const how = Object.entries(silences).find(([name]) => request.url?.includes(name));
    return how?.[1](request, response) ?? false;
  });
  const artifact = await bed.artifacts.pack(files('silent'));
  const timeoutMs = 12_000;
  // More than twice as many as are worked on at once.
  const waiting = Object.keys(silences).flatMap((name) => [1, 2, 3].map((index) => `${name}-${index}`));
  for (const name of waiting) {
    // Equal digests are fetched once: these are all others.
    const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
    await bed.point({ ...artifact, digest, url: artifact.url.replace(/[^/]*$/, name) }, name);
    await bed.kustomization(name, { sourceRef: { kind: 'GitRepository', name }, timeout: `${timeoutMs}ms` });
  }
  const isAskedFor = (name: string) => bed.artifacts.requests.some((path) => path.endsWith(name));
  await expect.poll(() => waiting.filter(isAskedFor), { timeout: 20_000 }).toEqual(waiting);
  const began = performance.now();
  const revision = await bed.publish(files('second'));
  await bed.until('app', isReadyWith(revision));
  const othersMs = performance.now() - began;
  // All at once: one that is looked at later may be at its next attempt, and say so.
  const failed = await Promise.all(waiting.map((name) => bed.until(name, failsWith('ArtifactFailed'))));
  const messages = new Set(failed.map((it) => conditionOf(it, 'Ready')?.message));
  await annotate(`the other one after ${Math.round(othersMs)} ms, the failures after ${Math.round(performance.now() - began)} ms`);
  expect(othersMs).toBeLessThan(timeoutMs / 2);
  for (const message of messages) expect(message).toMatch(/^failed to fetch the artifact from 127\.0\.0\.1:\d+: timed out after 12000 ms$/);
});
