import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { testDirectory } from '../test/tar.ts';
import { createHome } from './home.ts';

/** A home whose process was killed. */
async function orphaned(root: string, name: string): Promise<void> {
  await mkdir(join(root, name));
  await writeFile(join(root, name, 'tree'), 'left behind');
  const script = `require('net').createServer().listen(${JSON.stringify(join(root, `${name}.alive`))}, () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('the home of a process that was killed goes when the next one moves in', async () => {
  await using work = await testDirectory();
  await orphaned(work.directory, 'gotk-trees-dead');
  expect(await readdir(work.directory)).toHaveLength(2);
  await using home = await createHome(work.directory, systemClock);
  expect((await readdir(work.directory)).sort()).toEqual([basename(home.directory), `${basename(home.directory)}.alive`]);
});

test('those of the living stay, and so does what is no home, or shows no sign', async () => {
  await using work = await testDirectory();
  await using first = await createHome(work.directory, systemClock);
  await mkdir(join(work.directory, 'gotk-trees-without-a-sign'));
  await writeFile(join(work.directory, 'somebody-elses.alive'), '');
  await using second = await createHome(work.directory, systemClock);
  expect((await readdir(work.directory)).sort()).toEqual(
    [
      ...[first, second].flatMap(({ directory }) => [basename(directory), `${basename(directory)}.alive`]),
      'gotk-trees-without-a-sign',
      'somebody-elses.alive',
    ].sort(),
  );
});

test('nothing is left of one that is given up', async () => {
  await using work = await testDirectory();
  await (await createHome(work.directory, systemClock))[Symbol.asyncDispose]();
  expect(await readdir(work.directory)).toEqual([]);
});

test('where the path is too long for a sign, there is a home all the same', async () => {
  await using work = await testDirectory();
  await using home = await createHome(join(work.directory, 'x'.repeat(120)), systemClock);
  expect(await readdir(home.directory)).toEqual([]);
});
