import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { missingBlobs, openPack, treeOf } from '@gotk/git/objects';
import { type FileChanges, seededRandom, startGitServer, type TestRepository } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type ArchiveCommit, archiveCommit } from './archive-commit.ts';
import { LIMITS } from './limits.ts';
import { listSubmodules } from './list-submodules.ts';

const run = promisify(execFile);
const BUFFER = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const;

async function workbench() {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-archive-'));
  const git = await startGitServer();
  let tasks = 0;
  return {
    git,
    /** Archives a commit as the worker does, from a pack as a server sends it for a shallow clone. */
    async archive(repository: TestRepository, commit: string, more: Partial<ArchiveCommit> = {}) {
      tasks += 1;
      const place = join(directory, String(tasks));
      await mkdir(place);
      const task = {
        packFile: join(place, 'pack'),
        commit,
        ignore: '',
        algorithm: 'sha256',
        output: join(place, 'archive'),
        ...more,
      } as const;
      if (more.packFile === undefined) await writeFile(task.packFile, await packOf(repository, commit));
      return { ...(await archiveCommit(task)), file: task.output, packFile: task.packFile };
    },
    /** A file with a pack of these objects. */
    async packOfObjects({ directory: from }: TestRepository, objects: readonly string[]) {
      tasks += 1;
      const file = join(directory, `${tasks}.pack`);
      await writeFile(file, await packedByGit(from, objects));
      return file;
    },
    /** A file with the pack of a commit. */
    async packFile(repository: TestRepository, commit: string) {
      tasks += 1;
      const file = join(directory, `${tasks}.pack`);
      await writeFile(file, await packOf(repository, commit));
      return file;
    },
    async [Symbol.asyncDispose]() {
      await git[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The objects of one commit without its history, packed by Git. */
async function packOf({ directory }: TestRepository, commit: string): Promise<Buffer> {
  const { stdout: trees } = await run('git', ['ls-tree', '-r', '-t', '--format=%(objecttype) %(objectname)', commit], {
    cwd: directory,
    maxBuffer: 2 ** 28,
  });
  const { stdout: root } = await run('git', ['rev-parse', `${commit}^{tree}`], { cwd: directory });
  const objects = trees
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('commit'))
    .map((line) => line.split(' ')[1]);
  return packedByGit(directory, [commit, root.trim(), ...new Set(objects)]);
}

async function packedByGit(directory: string, objects: readonly (string | undefined)[]): Promise<Buffer> {
  const packing = execFile('git', ['pack-objects', '--stdout', '--delta-base-offset', '-q'], { cwd: directory, ...BUFFER });
  const chunks: Buffer[] = [];
  packing.stdout?.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  packing.stdin?.end(objects.join('\n'));
  await new Promise((resolve, reject) => packing.on('close', resolve).on('error', reject));
  return Buffer.concat(chunks);
}

/** What a tar holds: the files as `path mode sha1`, names in latin1, sorted. Links are passed over. */
async function listing(tar: Buffer, modes: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const place = await mkdtemp(join(tmpdir(), 'gotk-tar-'));
  try {
    execFileSync('tar', ['-xpf', '-', '--no-same-owner', '-C', place], { input: tar, stdio: ['pipe', 'ignore', 'inherit'] });
    const { stdout } = await run('find', ['.', '-type', 'f', '-printf', '%m %P\\0'], { cwd: place, ...BUFFER });
    const lines = await Promise.all(
      stdout
        .toString('latin1')
        .split('\0')
        .slice(0, -1)
        .map(async (line) => {
          const [, mode = '', path = ''] = /^(\d+) (.*)$/s.exec(line) ?? [];
          const content = await readFile(Buffer.concat([Buffer.from(`${place}/`), Buffer.from(path, 'latin1')]));
          return `${path} ${modes[mode] ?? mode} ${createHash('sha1').update(content).digest('hex')}`;
        }),
    );
    return lines.sort();
  } finally {
    await run('chmod', ['-R', 'u+rwx', place]);
    await rm(place, { recursive: true });
  }
}

const ours = async (file: string) => listing(await gunzipped(file), { 600: 'file', 700: 'executable' });
const gunzipped = async (file: string) => (await run('gzip', ['-dc', file], BUFFER)).stdout;

/** `path` of each file of an archive, sorted. */
const pathsIn = async (file: string) => (await ours(file)).map((line) => line.split(' ')[0]);

/** What `git archive` makes of a commit, less what no artifact has. */
async function byGit({ directory }: TestRepository, commit: string): Promise<readonly string[]> {
  const { stdout } = await run('git', ['-c', 'tar.umask=0022', 'archive', commit], { cwd: directory, ...BUFFER });
  const all = await listing(stdout, { 644: 'file', 755: 'executable' });
  return all.filter((line) => !/(^|\/)\.git(ignore|modules|attributes) /.test(line));
}

describe('an archive has what git archive has, links aside', () => {
  test.each([1, 2, 3])('in a random repository (%i)', { timeout: 60_000 }, async (seed) => {
    await using bench = await workbench();
    const repository = await bench.git.createRepository('random');
    const random = seededRandom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const name = () =>
      pick(['a', 'B', 'b', 'größe', '日本', 'x y', '-n', '.hidden', 'é', '__proto__', 'e\u0301', 'f.yaml', 'l'.repeat(120), '.gitignore']);
    const content = () =>
      pick(['', 'x', 'kind: A\n'.repeat(1 + Math.floor(random() * 200)), `${random()}\n`.repeat(40), '\0\xff'.repeat(90)]);
    let text = content();
    for (let round = 0; round < 4; round++) {
      const changes: Record<string, FileChanges[string]> = {};
      for (let count = 0; count < 25; count++) {
        // A file and a directory of one name cannot be: directories have a letter of their own.
        const directories = Array.from({ length: Math.floor(random() * 9) }, () => `d${name()}`);
        text = random() < 0.5 ? `${text}${random()}\n` : content();
        changes[[...directories, name()].join('/')] = random() < 0.1 ? { linkTo: '../a' } : text;
      }
      await repository.commit(`round ${round}`, changes);
      // Mode, blob, stage and path of each file.
      const files = [...(await repository.git('ls-files', '-s', '-z')).matchAll(/(100\d+) (\w+) \d\t([^\0]+)/g)];
      const executables = files.filter((_, index) => index % 5 === round);
      await repository.git(
        'update-index',
        '--add',
        ...executables.flatMap(([, , blob, path]) => ['--cacheinfo', `100755,${blob},${path}`]),
      );
      await repository.git('mv', '--', pick(files)[3] ?? '', `moved-${round}`);
      await repository.git('commit', '-q', '-m', 'moved, and executable');
      await repository.git('checkout', '-q', '--force');
    }
    await repository.git('push', '-q', 'origin', 'HEAD:refs/heads/main');
    await repository.git('--git-dir', repository.directory, 'repack', '-adfq', '--depth=50');
    const commit = await repository.git('rev-parse', 'HEAD');

    const { file, files } = await bench.archive(repository, commit);

    const expected = await byGit(repository, commit);
    expect(await ours(file)).toEqual(expected);
    expect(files).toBe(expected.length);
    expect(expected.filter((line) => line.includes(' executable '))).not.toHaveLength(0);
  });

  test('with names that are no UTF-8, or differ by case alone', async () => {
    await using bench = await workbench();
    const repository = await bench.git.createRepository('names');
    await repository.commit('one', { A: 'upper', a: 'lower' });
    const blob = await repository.git('hash-object', '-w', 'A');
    const entries = [Buffer.from([0xff]), Buffer.from([0xfe]), Buffer.from('d\xe4r/\xfc', 'latin1'), Buffer.from('plain')].flatMap(
      (path) => [Buffer.from(`100644 ${blob}\t`), path, Buffer.from([0])],
    );
    const work = (await repository.git('rev-parse', '--show-toplevel')).trim();
    execFileSync('git', ['update-index', '-z', '--index-info'], { cwd: work, input: Buffer.concat(entries) });
    await repository.git('commit', '-q', '-m', 'bytes');
    await repository.git('push', '-q', 'origin', 'HEAD:refs/heads/main');
    const commit = await repository.git('rev-parse', 'HEAD');

    const { file } = await bench.archive(repository, commit);

    expect(await ours(file)).toEqual(await byGit(repository, commit));
    expect(await pathsIn(file)).toEqual(['A', 'a', 'd\xe4r/\xfc', 'plain', '\xfe', '\xff']);
  });
});

describe('submodules', () => {
  test('lie at their paths, those within them as well, and rules of theirs are about what is theirs', async () => {
    await using bench = await workbench();
    const [app, lib, deep] = await Promise.all(['app', 'lib', 'deep'].map((name) => bench.git.createRepository(name)));
    if (app === undefined || lib === undefined || deep === undefined) throw new Error('no repository');
    const deepCommit = await deep.commit('deep', { 'deep.yaml': 'deep', '.gitignore': 'x' });
    const add = async (
      repository: TestRepository,
      { path, url, commit }: { readonly path: string; readonly url: string; readonly commit: string },
    ) => {
      await repository.commit('modules', { '.gitmodules': `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n` });
      await repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
      await repository.git('commit', '-q', '-m', 'submodule');
      await repository.git('push', '-q', 'origin', 'HEAD:refs/heads/main');
      return repository.git('rev-parse', 'HEAD');
    };
    await lib.commit('lib', { 'lib.yaml': 'lib', 'secret.txt': 'x', '.sourceignore': 'secret.txt' });
    const libCommit = await add(lib, { path: 'inner/deep', url: '../deep.git', commit: deepCommit });
    await app.commit('app', { 'app.yaml': 'app', 'secret.txt': 'kept' });
    const appCommit = await add(app, { path: 'vendor/lib', url: '../lib.git', commit: libCommit });
    const libPack = await bench.packFile(lib, libCommit);

    const listed = listSubmodules({ packFile: await bench.packFile(app, appCommit), commit: appCommit, url: app.url });
    const inner = listSubmodules({ packFile: libPack, commit: libCommit, url: lib.url });
    const { file } = await bench.archive(app, appCommit, {
      submodules: [
        { path: 'vendor/lib', commit: libCommit, packFile: libPack },
        { path: 'vendor/lib/inner/deep', commit: deepCommit, packFile: await bench.packFile(deep, deepCommit) },
      ],
    });

    expect(listed).toEqual([{ path: 'vendor/lib', commit: libCommit, url: lib.url }]);
    expect(inner).toEqual([{ path: 'inner/deep', commit: deepCommit, url: deep.url }]);
    expect(await pathsIn(file)).toEqual([
      'app.yaml',
      'secret.txt',
      'vendor/lib/.sourceignore',
      'vendor/lib/inner/deep/deep.yaml',
      'vendor/lib/lib.yaml',
    ]);
  });
});

describe('what is included', () => {
  async function twoRepositories() {
    const bench = await workbench();
    const [base, app] = await Promise.all([bench.git.createRepository('base'), bench.git.createRepository('app')]);
    const baseCommit = await base.commit('base', {
      'one.yaml': '1',
      'dir/two.yaml': '2',
      'dir/run.sh': { linkTo: 'x' },
      'dir/.sourceignore': 'three.yaml',
    });
    const commit = await app.commit('app', { 'app.yaml': 'app', 'deps/x.yaml': 'x' });
    const { file: artifactFile } = await bench.archive(base, baseCommit, { ignore: undefined });
    const include = async (...includes: readonly { readonly fromPath: string; readonly toPath: string }[]) =>
      await pathsIn((await bench.archive(app, commit, { includes: includes.map((paths) => ({ artifactFile, ...paths })) })).file);
    return { bench, app, commit, artifactFile, include, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
  }

  test.each([
    [
      'all of it',
      { fromPath: '', toPath: 'base' },
      ['app.yaml', 'base/dir/.sourceignore', 'base/dir/two.yaml', 'base/one.yaml', 'deps/x.yaml'],
    ],
    [
      'a directory',
      { fromPath: './dir/', toPath: 'deps/base' },
      ['app.yaml', 'deps/base/.sourceignore', 'deps/base/two.yaml', 'deps/x.yaml'],
    ],
    ['a file', { fromPath: 'one.yaml', toPath: 'deps/one.yaml' }, ['app.yaml', 'deps/one.yaml', 'deps/x.yaml']],
    ['a file in the place of another', { fromPath: 'one.yaml', toPath: 'deps/x.yaml' }, ['app.yaml', 'deps/x.yaml']],
    [
      'never what is outside of the artifact, or to where is outside of the root',
      { fromPath: '../../dir', toPath: '../../a/../d' },
      ['app.yaml', 'd/.sourceignore', 'd/two.yaml', 'deps/x.yaml'],
    ],
  ])('is %s', async (_, paths, expected) => {
    await using given = await twoRepositories();

    expect(await given.include(paths)).toEqual(expected);
  });

  test.each([
    ['from where nothing is', { fromPath: 'missing', toPath: 'base' }, "the included artifact has nothing at 'missing'"],
    ['over a directory', { fromPath: 'dir', toPath: 'deps' }, 'nothing can be included at \'deps\': there is "deps/x.yaml" already'],
    ['over a file', { fromPath: 'dir', toPath: 'app.yaml' }, 'nothing can be included at \'app.yaml\': there is "app.yaml" already'],
    ['below a file', { fromPath: 'dir', toPath: 'app.yaml/x' }, 'nothing can be included at \'app.yaml/x\': there is "app.yaml" already'],
    [
      'a file over a directory',
      { fromPath: 'one.yaml', toPath: 'deps' },
      'nothing can be included at \'deps\': there is "deps/x.yaml" already',
    ],
    ['over the root', { fromPath: '', toPath: '/' }, 'nothing can be included at \'\': there is "app.yaml" already'],
  ])('is not %s', async (_, paths, message) => {
    await using given = await twoRepositories();

    await expect(given.include(paths)).rejects.toMatchObject({ name: 'IncludeFailed', message });
  });

  test('comes in order: what was included before can be in the way', async () => {
    await using given = await twoRepositories();

    expect(await given.include({ fromPath: 'dir', toPath: 'a' }, { fromPath: 'one.yaml', toPath: 'a/one.yaml' })).toContain('a/one.yaml');
    await expect(given.include({ fromPath: 'dir', toPath: 'a' }, { fromPath: '', toPath: 'a' })).rejects.toThrow('already');
  });

  test('is left out like anything else: by spec.ignore, and by rules that came with it', async () => {
    await using given = await twoRepositories();
    const { file } = await given.bench.archive(given.app, given.commit, {
      ignore: 'two.yaml',
      includes: [{ artifactFile: given.artifactFile, fromPath: '', toPath: 'base' }],
    });

    expect(await pathsIn(file)).toEqual(['app.yaml', 'base/dir/.sourceignore', 'base/one.yaml', 'deps/x.yaml']);
  });
});

test('a sparse checkout is archived alone, and .sourceignore counts where it is checked out', async () => {
  await using bench = await workbench();
  const repository = await bench.git.createRepository('sparse');
  const commit = await repository.commit('one', { '.sourceignore': 'x.yaml', 'app/x.yaml': 'x', 'app/y.yaml': 'y', 'other/z.yaml': 'z' });

  expect(await pathsIn((await bench.archive(repository, commit, { directories: ['app/'] })).file)).toEqual(['app/x.yaml', 'app/y.yaml']);
  expect(await pathsIn((await bench.archive(repository, commit)).file)).toEqual(['.sourceignore', 'app/y.yaml', 'other/z.yaml']);
});

test('a .sourceignore that nobody wrote by hand is refused by name, in a submodule as well', async () => {
  await using bench = await workbench();
  const [app, lib] = await Promise.all(['app', 'lib'].map((name) => bench.git.createRepository(name)));
  if (app === undefined || lib === undefined) throw new Error('no repository');
  const largest = '#'.repeat(1_048_576);
  const whole = await app.commit('one', { '.sourceignore': largest, 'a.yaml': 'a' });
  const larger = await lib.commit('one', { 'deep/.sourceignore': `${largest}#`, 'a.yaml': 'a' });
  const refused = { name: 'ArtifactError', kind: 'too-large' };

  expect(await pathsIn((await bench.archive(app, whole)).file)).toEqual(['.sourceignore', 'a.yaml']);
  await expect(bench.archive(lib, larger)).rejects.toMatchObject({
    ...refused,
    message: "'deep/.sourceignore' is larger than 1048576 bytes",
  });
  const submodules = [{ path: 'vendor/lib', commit: larger, packFile: await bench.packFile(lib, larger) }];
  await expect(bench.archive(app, whole, { submodules })).rejects.toMatchObject({
    ...refused,
    message: "'vendor/lib/deep/.sourceignore' is larger than 1048576 bytes",
  });
});

test('a sparse checkout needs no more contents than its own', async () => {
  await using bench = await workbench();
  const repository = await bench.git.createRepository('partial');
  const commit = await repository.commit('one', { 'app/x.yaml': 'x', 'app/same.yaml': 'x', 'other/z.yaml': 'z' });
  const pack = async (...objects: readonly string[]) => bench.packOfObjects(repository, [...objects]);
  const [root, app, other] = await Promise.all(['', 'app', 'other'].map((path) => repository.git('rev-parse', `HEAD:${path}`)));
  const trees = await pack(commit, root ?? '', app ?? '', other ?? '');
  const directories = ['app/'];

  using store = openPack(trees, { limits: LIMITS.pack, scratchFile: `${trees}.objects` });
  const missing = missingBlobs(store, treeOf(store, commit), { directories });

  expect(missing).toEqual([await repository.git('rev-parse', 'HEAD:app/x.yaml')]);
  const { file } = await bench.archive(repository, commit, { packFile: trees, blobPacks: [await pack(...missing)], directories });
  expect(await pathsIn(file)).toEqual(['app/same.yaml', 'app/x.yaml']);
  await expect(bench.archive(repository, commit, { packFile: trees, directories })).rejects.toMatchObject({
    name: 'GitError',
    kind: 'protocol',
  });
});

test('the same commit makes the same bytes, however its pack was made', async () => {
  await using bench = await workbench();
  const repository = await bench.git.createRepository('same');
  const commit = await repository.commit(
    'one',
    Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`d${index % 7}/f${index}`, `line ${index}\n`.repeat(90)])),
  );

  const first = await bench.archive(repository, commit);
  await repository.git('--git-dir', repository.directory, 'repack', '-adfq', '--depth=1', '--window=0');
  const second = await bench.archive(repository, commit);

  expect(second.digest).toBe(first.digest);
  expect(dirname(second.file)).not.toBe(dirname(first.file));
});
