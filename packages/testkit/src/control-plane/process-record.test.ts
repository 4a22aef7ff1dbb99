import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordProcess, runningProcesses, stopRecordedProcesses } from './process-record.ts';

let stateDir: string;
let sleeper: ChildProcess;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'records-'));
  sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
});
afterEach(async () => {
  sleeper.kill('SIGKILL');
  await rm(stateDir, { recursive: true, force: true });
});
const pid = () => sleeper.pid ?? -1;

test('a recorded process is stopped, once', async () => {
  await recordProcess(stateDir, { name: 'sleeper', pid: pid(), ending: 'terminate' });
  expect(await runningProcesses(stateDir)).toEqual([{ name: 'sleeper', pid: pid() }]);

  expect(await stopRecordedProcesses(stateDir)).toEqual([{ name: 'sleeper', pid: pid(), outcome: 'stopped' }]);

  expect(await runningProcesses(stateDir)).toEqual([]);
  expect(await stopRecordedProcesses(stateDir)).toEqual([]);
});

test('a process that was given the id of a recorded one is left alone', async () => {
  await recordProcess(stateDir, { name: 'sleeper', pid: pid(), ending: 'kill' });
  const file = join(stateDir, 'processes', 'sleeper.json');
  const record = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...record, identity: 'another boot, another start' }));

  expect(await stopRecordedProcesses(stateDir)).toEqual([{ name: 'sleeper', pid: pid(), outcome: 'gone' }]);

  expect(sleeper.exitCode ?? sleeper.signalCode).toBeNull();
});

test('what does not run cannot be recorded', async () => {
  await expect(recordProcess(stateDir, { name: 'ghost', pid: 2 ** 22 + 1, ending: 'kill' })).rejects.toThrow(
    "failed to record process 'ghost'",
  );
});
