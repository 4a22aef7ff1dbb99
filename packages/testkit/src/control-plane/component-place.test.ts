import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { type ComponentPlace, openPlace } from './component-place.ts';

// Answers with its own process id.
const PROGRAM = `require('node:http').createServer((_, answer) => answer.end(String(process.pid))).listen(process.argv[1], '127.0.0.1')`;

async function place() {
  const stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'component-place-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  const started: number[] = [];
  const ask = async (timeoutMs = 5_000) =>
    Number(await (await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(timeoutMs) })).text());
  const opened: ComponentPlace = await openPlace({
    name: 'program',
    command: [process.execPath],
    args: ['-e', PROGRAM, String(port)],
    logFile: join(directory, 'log'),
    probe: async () => (await ask()) > 0,
    readyTimeoutMs: 20_000,
    onStart: ({ pid }) => {
      started.push(pid);
    },
  });
  stack.defer(() => opened.kill());
  await opened.ready();
  return { opened, ask, started, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a restart puts another process in the same place, and tells of it', async () => {
  await using at = await place();
  const before = await at.ask();

  await at.opened.restart({ signal: 'SIGTERM' });

  const after = await at.ask();
  expect(after).not.toBe(before);
  expect([at.started, at.opened.component.pid]).toEqual([[before, after], after]);
});

test('a frozen process answers nothing and, once it may, goes on as the same', async () => {
  await using at = await place();
  const before = await at.ask();

  at.opened.pause();
  await expect(at.ask(200)).rejects.toThrow();
  at.opened.resume();

  expect(await eventually(() => at.ask())).toBe(before);
});
