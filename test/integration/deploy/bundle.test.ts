import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { entrypointOf, parseDockerfile } from './dockerfile.ts';
import { controllers, repository } from './repository.ts';

const SEPARATOR = `\n${'-'.repeat(80)}\n\n`;
/** The dependencies at present, and some air. The classes for every kind of Kubernetes that a plugin keeps out would alone be more. */
const MAX_BYTES = 5_000_000;
/** Parsers and what verifies signatures are most of it. A server, a client or a logger would be as much again. */
const MAX_WORKER_BYTES = 1_000_000;
const START_MS = 2_000;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  for (const build of ['one', 'two']) bundle(join(directory, build));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const bundle = (out: string) => execFileSync(process.execPath, [join(repository, 'scripts/bundle.ts'), `--out=${out}`]);
const built = (name: string, file: string) => readFileSync(join(directory, 'one', name, file));

describe.each(controllers)('the bundle of %s', (name) => {
  test('is the same bytes every time, and names no place on the machine', () => {
    const entries = readdirSync(join(directory, 'one', name), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(directory, 'one', name), join(entry.parentPath, entry.name)));

    expect(files.filter((file) => !file.startsWith('libraries/')).sort()).toEqual(['main.js', 'main.js.LEGAL.txt', 'main.js.NOTICES.txt']);
    for (const file of files) {
      expect(built(name, file).equals(readFileSync(join(directory, 'two', name, file)))).toBe(true);
      expect(built(name, file).includes(repository)).toBe(false);
    }
  });

  test('is small, and what each of its worker threads has to read is a fraction of it', () => {
    const code = built(name, 'main.js').toString();
    const [, worker = ''] = /workerEntry\s*=\s*\{\s*source:\s*("(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*')/.exec(code) ?? [];

    expect(code.length).toBeLessThan(MAX_BYTES);
    expect(worker.length).toBeGreaterThan(10_000);
    expect(worker.length).toBeLessThan(MAX_WORKER_BYTES);
  });

  test('hands on the licence of everything in it', () => {
    const [head = '', ...entries] = built(name, 'main.js.NOTICES.txt').toString().split(SEPARATOR);
    const licences = entries.map((entry) => /^(\S+) \d\S* \(([^)]+)\)\n\n(?=\S)/.exec(entry));

    expect(head).toBe(`This program contains code of ${entries.length} other projects.\n`);
    expect(licences.map((found, index) => (found === null ? entries[index] : '')).filter(Boolean)).toEqual([]);
    expect(licences.map((found) => found?.[1])).toEqual(expect.arrayContaining(['fastify', 'pino', 'prom-client']));
  });

  test(`is ready within ${START_MS / 1000} s with the command line of its image, and ends with code 0`, async () => {
    const attempts: { readyMs: number; code: number | null; output: string }[] = [];
    // Whatever else the machine is busy with may delay one start, but not three.
    while (attempts.length < 3 && !attempts.some(({ readyMs }) => readyMs < START_MS)) attempts.push(await start(name));

    expect(attempts.at(-1)?.readyMs, attempts.at(-1)?.output).toBeLessThan(START_MS);
    expect(attempts.map(({ code }) => code)).toEqual(attempts.map(() => 0));
  });
});

/** Runs the image's ENTRYPOINT with what it names being elsewhere: Node's own permissions are all that confines it. */
async function start(name: string): Promise<{ readonly readyMs: number; readonly code: number | null; readonly output: string }> {
  const home = mkdtempSync(join(directory, 'home-'));
  const places: Readonly<Record<string, string>> = {
    '/usr/local/bin/node': realpathSync(process.execPath),
    '/app/main.mjs': join(directory, 'one', name, 'main.js'),
    '--allow-fs-write=/data': `--allow-fs-write=${join(home, 'data')}`,
    '--allow-fs-write=/tmp': `--allow-fs-write=${join(home, 'tmp')}`,
  };
  for (const volume of ['data', 'tmp']) mkdirSync(join(home, volume));
  const entrypoint = entrypointOf(parseDockerfile(readFileSync(join(repository, 'Dockerfile'), 'utf8')), name);
  const [program = '', ...args] = entrypoint.map((word) => places[word] ?? word);
  const [metrics, health, storage] = await Promise.all([freePort(), freePort(), freePort()]);
  const flags = [
    // Nothing is in that namespace: other tests' objects are theirs.
    '--watch-all-namespaces=false',
    `--metrics-addr=127.0.0.1:${metrics}`,
    `--health-addr=127.0.0.1:${health}`,
    ...(name === 'source-controller' ? [`--storage-path=${join(home, 'data')}`, `--storage-addr=127.0.0.1:${storage}`] : []),
  ];
  const startedMs = performance.now();
  const child = spawn(program, [...args, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { KUBECONFIG: inject('kubeconfigPath'), RUNTIME_NAMESPACE: 'bundle-test', TMPDIR: join(home, 'tmp') },
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const ready = async () => (await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined))?.ok === true;
  while (child.exitCode === null && performance.now() - startedMs < 10 * START_MS && !(await ready())) await delay(10);
  const readyMs = performance.now() - startedMs;
  child.kill('SIGTERM');
  const [code] = await exited;
  return { readyMs, code: code as number | null, output };
}
