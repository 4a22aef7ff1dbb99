import { createHash } from 'node:crypto';
import { access, mkdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { listing, testDirectory } from '../test/tar.ts';
import {
  type ArtifactOwner,
  garbageAmong,
  openStorage,
  type Storage,
  StorageLost,
  type StorageOptions,
  type StoredFile,
} from './storage.ts';

const OWNER: ArtifactOwner = { kind: 'GitRepository', namespace: 'apps', name: 'web' };
const MINUTE = 60_000;

interface TestStorage extends AsyncDisposable {
  readonly storage: Storage;
  readonly root: string;
  readonly clock: ReturnType<typeof fakeClock>;
}

async function testStorage(options: Partial<StorageOptions> = {}): Promise<TestStorage> {
  const { directory: root, ...disposable } = await testDirectory();
  const clock = fakeClock();
  const storage = await openStorage({ root, clock, advertisedAddress: 'source.svc', retentionMs: MINUTE, retentionRecords: 2, ...options });
  return { storage, root, clock, ...disposable };
}

/** Stores a text under a name of the owner's; made so long ago by the test's clock. */
async function store({ storage, root, clock }: TestStorage, name: string, { text = name, owner = OWNER, agoMs = 0 } = {}): Promise<string> {
  await using scratch = await storage.scratch();
  const draft = join(scratch.directory, 'draft');
  await writeFile(draft, text);
  const path = storage.pathOf(owner, name);
  await storage.commit(draft, path);
  const at = new Date(clock.now() - agoMs);
  await utimes(join(root, path), at, at);
  return path;
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const names = async ({ root }: TestStorage) =>
  (await listing(root)).filter((line) => line.includes('.tar.gz')).map((line) => line.split(' ')[0]);

describe('an artifact', () => {
  test('lies below its kind in lower case, namespace and name, and is served under that path', async () => {
    await using test = await testStorage({ advertisedAddress: 'source.flux-system.svc.cluster.local.:8080' });
    const path = test.storage.pathOf(OWNER, 'abc.tar.gz');

    expect(path).toBe('gitrepository/apps/web/abc.tar.gz');
    expect(test.storage.urlOf(path)).toBe('http://source.flux-system.svc.cluster.local.:8080/gitrepository/apps/web/abc.tar.gz');
  });

  test('is what latest.tar.gz points to, by a relative link', async () => {
    await using test = await testStorage();
    await store(test, 'one.tar.gz');
    await store(test, 'two.tar.gz');

    expect(await readlink(join(test.root, 'gitrepository/apps/web/latest.tar.gz'))).toBe('two.tar.gz');
    expect(await readFile(join(test.root, 'gitrepository/apps/web/latest.tar.gz'), 'utf8')).toBe('two.tar.gz');
  });

  test('may be replaced under its own name', async () => {
    await using test = await testStorage();
    const path = await store(test, 'one.tar.gz', { text: 'old' });
    await store(test, 'one.tar.gz', { text: 'new' });

    expect(await readFile(join(test.root, path), 'utf8')).toBe('new');
  });

  test('is whole at any moment, old or new, and so is what latest.tar.gz points to', async () => {
    await using test = await testStorage();
    const texts = ['a', 'b'].map((char) => char.repeat(200_000));
    const path = await store(test, 'one.tar.gz', { text: texts[0] ?? '' });
    const reading = { on: true, reads: 0 };
    const reader = async (file: string) => {
      while (reading.on) {
        expect(texts).toContain(await readFile(file, 'utf8'));
        reading.reads += 1;
      }
    };
    const readers = [reader(join(test.root, path)), reader(join(test.root, 'gitrepository/apps/web/latest.tar.gz'))];

    for (let round = 0; round < 40; round++) await store(test, 'one.tar.gz', { text: texts[round % 2] ?? '' });
    reading.on = false;
    await Promise.all(readers);

    expect(reading.reads).toBeGreaterThan(2);
  });

  test('that could not be moved leaves what was there before', async () => {
    await using test = await testStorage();
    const path = await store(test, 'one.tar.gz');

    await expect(test.storage.commit(join(test.root, 'nothing'), path)).rejects.toMatchObject({ code: 'ENOENT' });

    expect(await readFile(join(test.root, path), 'utf8')).toBe('one.tar.gz');
  });
});

describe('the store holds an artifact', () => {
  test('only with the content that its digest says', async () => {
    await using test = await testStorage();
    const path = await store(test, 'one.tar.gz', { text: 'content' });
    const artifact = { path, digest: sha256('content') };

    expect(await test.storage.holds(artifact)).toBe(true);
    expect(await test.storage.holds({ path, digest: sha256('other') })).toBe(false);
    await writeFile(join(test.root, path), 'corrupt');
    expect(await test.storage.holds(artifact)).toBe(false);
    await writeFile(join(test.root, path), 'conten');
    expect(await test.storage.holds(artifact)).toBe(false);
    await rm(join(test.root, path));
    expect(await test.storage.holds(artifact)).toBe(false);
  });

  test.each(['blake3:abc', 'md5:d41d8cd98f00b204e9800998ecf8427e', '', 'sha256:', 'sha256:xyz', `SHA256:${'0'.repeat(64)}`])(
    'never with the digest %j, which nobody can check: it is made anew',
    async (digest) => {
      await using test = await testStorage();

      expect(await test.storage.holds({ path: await store(test, 'one.tar.gz'), digest })).toBe(false);
    },
  );

  test('never where a directory is, or below a file', async () => {
    await using test = await testStorage();
    const path = await store(test, 'one.tar.gz');

    for (const other of ['gitrepository/apps', `${path}/below`])
      expect(await test.storage.holds({ path: other, digest: sha256('x') })).toBe(false);
  });
});

describe('collecting garbage', () => {
  test('removes the files, except for the current one, and says which', async () => {
    await using test = await testStorage();
    await store(test, 'a.tar.gz', { agoMs: 30 * MINUTE });
    await store(test, 'b.tar.gz', { agoMs: 20 * MINUTE });
    const current = await store(test, 'c.tar.gz', { agoMs: 10 * MINUTE });

    expect([...(await test.storage.collectGarbage(current))].sort()).toEqual(['a.tar.gz', 'b.tar.gz']);

    expect(await names(test)).toEqual(['gitrepository/apps/web/c.tar.gz', 'gitrepository/apps/web/latest.tar.gz']);
    await access(join(test.root, 'gitrepository/apps/web/latest.tar.gz'));
  });

  test('leaves the files of other owners alone, and directories', async () => {
    await using test = await testStorage();
    const neighbour = { ...OWNER, name: 'web-2' };
    await store(test, 'old.tar.gz', { owner: neighbour, agoMs: 60 * MINUTE });
    await mkdir(join(test.root, 'gitrepository/apps/web/directory'), { recursive: true });
    const current = await store(test, 'c.tar.gz');

    expect(await test.storage.collectGarbage(current)).toEqual([]);
    expect(await names(test)).toContain('gitrepository/apps/web-2/old.tar.gz');
  });

  test('of an owner without files is nothing', async () => {
    await using test = await testStorage();

    expect(await test.storage.collectGarbage('gitrepository/apps/nobody/x.tar.gz')).toEqual([]);
  });
});

describe('what may go', () => {
  const NOW = 100 * MINUTE;
  const made = (...files: readonly (readonly [name: string, agoMinutes: number])[]): readonly StoredFile[] =>
    files.map(([name, ago]) => ({ name, createdMs: NOW - ago * MINUTE }));
  const garbage = (files: readonly StoredFile[], { current = 'current', records = 10, minutes = 5 } = {}) =>
    garbageAmong(files, { current, nowMs: NOW, retentionMs: minutes * MINUTE, retentionRecords: records });

  test('is what was replaced longer ago than retention, however old it is', () => {
    expect(garbage(made(['current', 4], ['old', 90]))).toEqual([]);
    expect(garbage(made(['current', 5], ['old', 90]))).toEqual([]);
    expect(garbage(made(['current', 6], ['old', 90]))).toEqual(['old']);
    expect(garbage(made(['current', 1], ['middle', 7], ['old', 8]))).toEqual(['old']);
  });

  test('is what is beyond the number of records, the current one among them', () => {
    const files = made(['current', 1], ['b', 2], ['c', 3], ['d', 4]);

    expect(garbage(files, { records: 4 })).toEqual([]);
    expect(garbage(files, { records: 2 })).toEqual(['c', 'd']);
    expect(garbage(files, { records: 1 })).toEqual(['b', 'c', 'd']);
    expect(garbage(files, { records: 0 })).toEqual(['b', 'c', 'd']);
  });

  test('is never the current one, be it the oldest of all', () => {
    expect(garbage(made(['new', 1], ['newer', 2], ['current', 90]), { records: 1, minutes: 0 })).not.toContain('current');
    expect(garbage(made(['current', 90]), { records: 0, minutes: 0 })).toEqual([]);
    expect(garbage([])).toEqual([]);
  });
});

describe('removing everything of an owner', () => {
  test('leaves its neighbours', async () => {
    await using test = await testStorage();
    const others = [
      { ...OWNER, name: 'web-2' },
      { ...OWNER, namespace: 'apps-2' },
      { ...OWNER, kind: 'Bucket' },
    ];
    for (const owner of [OWNER, ...others]) await store(test, 'a.tar.gz', { owner });

    await test.storage.removeAll(OWNER);

    expect((await names(test)).filter((name) => !name?.includes('latest'))).toEqual([
      'bucket/apps/web/a.tar.gz',
      'gitrepository/apps-2/web/a.tar.gz',
      'gitrepository/apps/web-2/a.tar.gz',
    ]);
  });

  test('takes the directory of the namespace with it when nobody else is there, and may be done twice', async () => {
    await using test = await testStorage();
    await store(test, 'a.tar.gz');

    await test.storage.removeAll(OWNER);
    await test.storage.removeAll(OWNER);

    await expect(access(join(test.root, 'gitrepository/apps'))).rejects.toThrow('ENOENT');
  });
});

describe('a scratch directory', () => {
  test("is the caller's own, unreadable to others, and gone after its use", async () => {
    await using test = await testStorage();
    const directories = new Set<string>();
    {
      await using one = await test.storage.scratch();
      await using two = await test.storage.scratch();
      await writeFile(join(one.directory, 'x'), 'x');
      directories.add(one.directory).add(two.directory);
      expect(await listing(test.root)).toContainEqual(expect.stringMatching(/^\.scratch\/[0-9a-f-]{36}\/1\/ 700/));
    }

    expect(directories.size).toBe(2);
    expect((await listing(test.root)).filter((line) => /^\.scratch\/[^/]+\/[^/ ]+/.test(line))).toEqual([]);
  });

  test('of another process is left alone until the leader sweeps, and so are artifacts and its own', async () => {
    await using test = await testStorage();
    const path = await store(test, 'a.tar.gz', { text: 'content' });
    await test.storage.scratch();
    const leader = await openStorage({ root: test.root, clock: test.clock, advertisedAddress: 'x', retentionMs: 0, retentionRecords: 1 });
    const own = await leader.scratch();
    const scratches = async () => (await listing(test.root)).filter((line) => /^\.scratch\/[^/]+\/[^/ ]+/.test(line)).length;
    expect(await scratches()).toBe(2);

    await leader.sweep();

    expect(await scratches()).toBe(1);
    await access(own.directory);
    expect(await leader.holds({ path, digest: sha256('content') })).toBe(true);
  });
});

describe('a process that may no longer lead', () => {
  test('changes nothing, and reads as before', async () => {
    let leads = true;
    await using test = await testStorage({ mayWrite: () => leads });
    const path = await store(test, 'a.tar.gz', { text: 'content' });
    await using scratch = await test.storage.scratch();
    const draft = join(scratch.directory, 'draft');
    await writeFile(draft, 'zombie');
    leads = false;

    for (const change of [
      () => test.storage.commit(draft, path),
      () => test.storage.collectGarbage(path),
      () => test.storage.removeAll(OWNER),
      () => test.storage.sweep(),
    ])
      await expect(change()).rejects.toThrow(StorageLost);

    expect(await test.storage.holds({ path, digest: sha256('content') })).toBe(true);
  });
});

test('what is stored can be had as a draft of its own, for another owner of the same content', async () => {
  await using test = await testStorage();
  const path = await store(test, 'a.tar.gz', { text: 'content' });
  const other = test.storage.pathOf({ ...OWNER, name: 'other' }, 'a.tar.gz');
  await using scratch = await test.storage.scratch();
  const draft = join(scratch.directory, 'draft');

  expect(await test.storage.copyTo(draft, { path, digest: sha256('content') })).toBe(true);
  await test.storage.commit(draft, other);
  await writeFile(join(test.root, other), 'changed');

  expect(await readFile(join(test.root, path), 'utf8')).toBe('content');
  expect(await test.storage.copyTo(draft, { path: other, digest: sha256('content') })).toBe(false);
  expect(await test.storage.copyTo(draft, { path: 'gitrepository/apps/web/gone.tar.gz', digest: sha256('content') })).toBe(false);
});
