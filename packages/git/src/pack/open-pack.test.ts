import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heapAfterCollection, heldBytes } from '@gotk/apimachinery/garbage';
import { describe, expect, test } from 'vitest';
import { appending, entryOf, idOf, packOf, TYPE } from '../../test/pack.ts';
import type { PackLimits } from './limits.ts';
import { openPack, readPack } from './open-pack.ts';

const MIB = 1024 * 1024;
const LIMITS: PackLimits = { maxObjects: 100_000, maxObjectBytes: 100 * MIB, maxTotalBytes: 1024 * MIB };

async function packIn(pack: Buffer) {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-pack-'));
  const file = join(directory, 'pack');
  await writeFile(file, pack);
  return {
    directory,
    open: (limits = LIMITS) => openPack(file, { limits, scratchFile: join(directory, 'objects') }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** Bytes that differ by the seed. */
const noise = (size: number, seed: number) => Buffer.alloc(size, createHash('sha512').update(String(seed)).digest());

describe('a pack in a file', () => {
  test('holds what the same pack holds in memory: objects of any size, deltas on any of them', async () => {
    const sizes = [0, 1, 100, MIB - 1, MIB, MIB + 1, 3 * MIB, 5];
    const blobs = sizes.map((size, index) => noise(size, index));
    const deltas = blobs.map((blob) => entryOf(TYPE.refDelta, appending(blob, '!'), { base: Buffer.from(idOf('blob', blob), 'hex') }));
    const pack = packOf([...deltas, ...blobs.map((blob) => entryOf(TYPE.blob, blob)), entryOf(TYPE.tree, 'tree')]);
    await using work = await packIn(pack);

    using store = work.open();

    const inMemory = readPack(pack, LIMITS);
    expect([...store.keys()].sort()).toEqual([...inMemory.keys()].sort());
    expect(store.size).toBe(2 * blobs.length + 1);
    for (const oid of [...store.keys()].reverse()) {
      const [object, expected] = [store.get(oid), inMemory.get(oid)];
      expect(object?.type).toBe(expected?.type);
      expect(object?.size).toBe(expected?.content.length);
      expect(object?.content.equals(expected?.content ?? Buffer.alloc(1))).toBe(true);
    }
  });

  test('gives the content of a large object in pieces, from a file and from memory', async () => {
    const [small, large] = [noise(MIB, 1), Buffer.concat([noise(2 * MIB, 2), noise(5, 3)])];
    const pack = packOf([entryOf(TYPE.blob, large), entryOf(TYPE.blob, small)]);
    await using work = await packIn(pack);
    using store = work.open();

    for (const held of [store, readPack(pack, LIMITS)]) {
      expect(held.get(idOf('blob', small))?.pieces).toBeUndefined();
      const pieces = [...(held.get(idOf('blob', large))?.pieces?.() ?? [])];
      expect(pieces.map(({ length }) => length)).toEqual([MIB, MIB, 5]);
      expect(Buffer.concat(pieces).equals(large)).toBe(true);
    }
  });

  test('leaves nothing behind, opened or refused', async () => {
    await using work = await packIn(packOf([entryOf(TYPE.blob, 'a')]));
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();

    {
      using store = work.open();
      expect(store.size).toBe(1);
      expect(existsSync(join(work.directory, 'objects'))).toBe(false);
    }
    expect(() => work.open({ ...LIMITS, maxTotalBytes: 0 })).toThrow(expect.objectContaining({ kind: 'too-large' }));

    expect(descriptors()).toBe(before);
    expect(readdirSync(work.directory)).toEqual(['pack']);
  });

  test('says how much of the limit it took', async () => {
    const base = Buffer.from('abc');
    const delta = appending(base, 'd');
    await using work = await packIn(
      packOf([entryOf(TYPE.blob, base), entryOf(TYPE.refDelta, delta, { base: Buffer.from(idOf('blob', base), 'hex') })]),
    );

    using store = work.open();

    expect(store.bytes).toBe(3 + delta.length + 4);
  });

  test('costs memory for one object and not for all of them', { timeout: 30_000 }, async () => {
    const entry = (index: number) => entryOf(TYPE.blob, Buffer.alloc(4 * MIB, `content ${index} `));
    await using work = await packIn(packOf(Array.from({ length: 50 }, (_, index) => entry(index))));
    const before = await heapAfterCollection();

    using store = work.open();

    expect(heldBytes() - before).toBeLessThan(32 * MIB);
    expect(store.bytes).toBe(200 * MIB);
  });
});
