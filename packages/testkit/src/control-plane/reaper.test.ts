import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { processIdentity } from './process-identity.ts';

// The parent is a process of its own, so that it can be killed.
const PARENT = `
import { spawn } from 'node:child_process';
import { startReaper } from ${JSON.stringify(new URL('./reaper.ts', import.meta.url).href)};
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
startReaper(process.argv[1]).guard([child.pid]);
console.log(child.pid);
setInterval(() => {}, 1000);
`;

test('children do not outlive a parent that is killed, nor does their directory', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'reaper-'));
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const child = Number(String(line));
  expect(await processIdentity(child)).toBeDefined();

  parent.kill('SIGKILL');

  await eventually(async () => {
    expect(await processIdentity(child)).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
  });
});
