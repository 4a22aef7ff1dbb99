import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, openStorage, type Scratch, type Storage } from '@gotk/artifact';
import { fakeClock } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { createSharedDrafts, type SharedDrafts } from './shared-drafts.ts';
import type { Draft } from './source-run.ts';

interface Bed extends AsyncDisposable {
  readonly storage: Storage;
  readonly drafts: SharedDrafts<Draft>;
  readonly make: (scratch: Scratch, signal: AbortSignal) => Promise<Draft>;
  readonly made: { readonly signal: AbortSignal; readonly end: (content: string) => void; readonly fail: (error: Error) => void }[];
  /** Asks for a draft; resolves with its content and whether the file is the caller's own. */
  ask(signal?: AbortSignal): Promise<{ readonly content: string; readonly draft: Draft; readonly path: string }>;
}

async function bed(): Promise<Bed> {
  const root = await mkdtemp(join(tmpdir(), 'gotk-drafts-'));
  const storage = await openStorage({ root, clock: fakeClock(), advertisedAddress: 'x', retentionMs: 60_000, retentionRecords: 2 });
  const drafts = createSharedDrafts<Draft>(storage);
  const made: Bed['made'] = [];
  let asked = 0;
  const make = async (scratch: Scratch, signal: AbortSignal): Promise<Draft> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(signal.reason));
    made.push({ signal, end: resolve, fail: reject });
    const file = join(scratch.directory, 'made');
    await writeFile(file, await promise);
    return { file, digest: await digestOf(file, 'sha256'), size: 1 };
  };
  return {
    storage,
    drafts,
    made,
    make,
    async ask(signal = new AbortController().signal) {
      await using scratch = await storage.scratch();
      const draft = await drafts.draft({ key: 'k', scratch, signal, make });
      const content = await readFile(draft.file, 'utf8');
      const path = storage.pathOf({ kind: 'GitRepository', namespace: 'apps', name: `n${asked++}` }, 'a.tar.gz');
      await storage.commit(draft.file, path);
      draft.onStored?.(path);
      return { content, draft, path };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const begun = ({ made }: Bed, count: number) => expect.poll(() => made.length, { timeout: 10_000 }).toBe(count);
const scratches = async ({ storage }: Bed) => {
  const names = await readdir(join(storage.root, '.scratch'), { recursive: true });
  return names.filter((name) => name.includes('/'));
};
/** So many have asked for what is being made, and wait for it. */
const waiting = (it: Bed, count: number) => expect.poll(async () => (await scratches(it)).length, { timeout: 10_000 }).toBe(count + 1);

test('what several ask for at the same time is made once, and each has a file of its own', async () => {
  await using it = await bed();
  const all = [it.ask(), it.ask(), it.ask()];
  await begun(it, 1);
  it.made[0]?.end('content');
  const taken = await Promise.all(all);
  expect(taken.map(({ content }) => content)).toEqual(['content', 'content', 'content']);
  expect(new Set(taken.map(({ draft }) => draft.file)).size).toBe(3);
  expect(it.made).toHaveLength(1);
  expect(await scratches(it)).toEqual([]);
});

test('what was stored is not made again while it is there and whole', async () => {
  await using it = await bed();
  const first = it.ask();
  await begun(it, 1);
  it.made[0]?.end('content');
  await first;
  const { content, path } = await it.ask();
  expect(content).toBe('content');
  expect(it.made).toHaveLength(1);

  await writeFile(join(it.storage.root, path), 'damaged');
  const again = it.ask();
  await begun(it, 2);
  it.made[1]?.end('anew');
  expect((await again).content).toBe('anew');
});

test("a failure is everybody's, and nobody's after that", async () => {
  await using it = await bed();
  const both = [it.ask().catch(String), it.ask().catch(String)];
  await begun(it, 1);
  await waiting(it, 2);
  it.made[0]?.fail(new Error('no'));
  expect(await Promise.all(both)).toEqual(['Error: no', 'Error: no']);
  const next = it.ask();
  await begun(it, 2);
  it.made[1]?.end('yes');
  expect((await next).content).toBe('yes');
  expect(await scratches(it)).toEqual([]);
});

test('who is overtaken leaves at once; the making goes on while anybody waits, ends with the last, and leaves nothing behind', async () => {
  await using it = await bed();
  const aborts = [new AbortController(), new AbortController()];
  const both = aborts.map(({ signal }) => it.ask(signal).catch((error: unknown) => error));
  await begun(it, 1);
  await waiting(it, 2);
  const reason = new Error('overtaken');
  aborts[0]?.abort(reason);
  expect(await both[0]).toBe(reason);
  expect(it.made[0]?.signal.aborted).toBe(false);
  aborts[1]?.abort(reason);
  expect(await both[1]).toBe(reason);
  expect(it.made[0]?.signal.aborted).toBe(true);
  expect(await scratches(it)).toEqual([]);
});
