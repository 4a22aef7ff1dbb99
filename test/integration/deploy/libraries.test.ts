import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from './repository.ts';

/** The scripts are no package that a test could depend on. */
const { bundleProgram } = (await import(join(repository, 'scripts/bundle/bundle-program.ts'))) as {
  bundleProgram(directory: string, out: string): Promise<{ readonly bytes: number }>;
};

/** What our packages do: the library is loaded by the function that needs it. */
const USE = `export const use = async (where) => (await import('openpgp')).enums.hash.sha256 + ' in the ' + where;`;
const MAIN = `
  import { Worker } from 'node:worker_threads';
  import { use } from './use.ts';
  import { workerEntry } from './worker-entry.ts';
  console.log(await use('main thread'));
  const worker = new Worker(workerEntry.source, { eval: true });
  worker.on('message', (text) => console.log(text));
`;
const WORKER = `
  import { parentPort } from 'node:worker_threads';
  import { use } from './use.ts';
  use('worker thread').then((text) => parentPort.postMessage(text));
`;

let directory: string;
beforeAll(() => {
  // A name that a program has to quote, whatever it does with it.
  directory = mkdtempSync(join(tmpdir(), "libraries it's-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A controller in miniature, with a worker thread. */
function controllerOf(name: string, files: Readonly<Record<string, string>>): string {
  const home = join(directory, name);
  mkdirSync(join(home, 'src'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, version: '0.0.0', type: 'module' }));
  symlinkSync(join(repository, 'packages/git/node_modules'), join(home, 'node_modules'));
  for (const [file, text] of Object.entries({ 'worker-entry.ts': 'export {};', 'worker.ts': WORKER, 'use.ts': USE, ...files })) {
    writeFileSync(join(home, 'src', file), text);
  }
  return home;
}

describe('a library under a copyleft licence', () => {
  test('stays a file of its own, as it came, with its licence; main thread and worker threads load it from any working directory', async () => {
    const out = join(directory, 'out');
    const { bytes } = await bundleProgram(controllerOf('small', { 'main.ts': MAIN }), out);
    const library = readFileSync(join(repository, 'packages/git/node_modules/openpgp/dist/node/openpgp.mjs'));

    expect(readdirSync(join(out, 'libraries')).sort()).toEqual(['openpgp.mjs', 'openpgp.mjs.LICENCE.txt']);
    expect(readFileSync(join(out, 'libraries/openpgp.mjs')).equals(library)).toBe(true);
    const licence = readFileSync(join(out, 'libraries/openpgp.mjs.LICENCE.txt'), 'utf8');
    expect(licence).toMatch(/^openpgp\.mjs is the library openpgp \d+\.\d+\.\d+ \(LGPL-3\.0\+\)/);
    expect(licence).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(licence).toContain('GNU GENERAL PUBLIC LICENSE');
    expect(bytes).toBeLessThan(10_000);
    // With the permissions and the name of the program in an image.
    const flags = ['--permission', '--allow-fs-read=*', '--allow-worker', '--disable-warning=PERM0006', '--disable-proto=throw'];
    const output = execFileSync(realpathSync(process.execPath), [...flags, join(out, 'main.js')], { cwd: '/', encoding: 'utf8' });
    expect(output).toBe('8 in the main thread\n8 in the worker thread\n');
  });

  test('is refused where it would be loaded with the program', async () => {
    const home = controllerOf('eager', { 'main.ts': `import { enums } from 'openpgp';\nconsole.log(enums);` });

    await expect(bundleProgram(home, join(directory, 'eager-out'))).rejects.toThrow(
      'openpgp is not bundled: it has to be imported when it is needed',
    );
  });

  test('leaves an empty directory where it is not used, so that an image is made the same way', async () => {
    const out = join(directory, 'none-out');
    await bundleProgram(controllerOf('none', { 'main.ts': 'console.log(1);' }), out);

    expect(readdirSync(join(out, 'libraries'))).toEqual([]);
  });

  test('has to be one of those that the bundler knows: any other is refused, by name', async () => {
    const home = controllerOf('copyleft', { 'main.ts': `import { a } from 'theirs';\nimport { b } from 'old';\na();\nb();` });
    packageIn(home, 'theirs', { license: 'GPL-3.0', text: "export function a() { console.log('theirs'); }" });
    packageIn(home, 'old', { licenses: [{ type: 'MIT' }], text: "export function b() { console.log('old'); }" });

    await expect(bundleProgram(home, join(directory, 'copyleft-out'))).rejects.toThrow(
      'licences that do not allow bundling: theirs@1.0.0 (GPL-3.0)',
    );
  });
});

function packageIn(home: string, name: string, { text, ...manifest }: { readonly text: string; readonly [field: string]: unknown }): void {
  const place = join(home, 'src/node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js', ...manifest }));
  writeFileSync(join(place, 'index.js'), text);
}
