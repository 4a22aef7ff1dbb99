import { deadlineSignal, systemClock } from '@gotk/apimachinery';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import type { Remote } from '@gotk/git';
import { createWorkerPool, type WorkerPool } from '@gotk/runtime';
import { makeSshKey } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { createSshKeys } from './ssh-keys.ts';

const url = new URL('ssh://git@git.example.com/app.git');
const remoteWith = (identity: string, passphrase?: string): Remote => ({
  url,
  access: { username: 'git', knownHosts: 'HOSTS', identity, ...(passphrase === undefined ? {} : { passphrase }) },
});
/** Each test has its own time. */
const asker = () => ({ signal: AbortSignal.timeout(60_000), of: 'apps/repo' });

function bed({ deadlineMs = 60_000 } = {}) {
  const workers = createWorkerPool({ entry: new URL('../worker.ts', import.meta.url), clock: systemClock });
  let runs = 0;
  const counted: Pick<WorkerPool, 'run'> = {
    run: (...task) => {
      runs++;
      return workers.run(...task);
    },
  };
  const keys = createSshKeys({ workers: counted, clock: systemClock, deadlineMs });
  return { keys, runs: () => runs, [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose]() };
}

test('a key is decrypted once for all who ask, for as long as key and passphrase are the same, and so is one that cannot be', async () => {
  await using it = bed();
  const { privateKey } = await makeSshKey({ type: 'ed25519', passphrase: 'a phrase' });
  const locked = remoteWith(privateKey, 'a phrase');

  const [one, other] = await Promise.all([it.keys.unlocked(locked, asker()), it.keys.unlocked(locked, { ...asker(), of: 'apps/other' })]);

  expect(one).toEqual(other);
  expect(one).toEqual(remoteWith(expect.stringContaining('PRIVATE KEY') as never));
  expect(await it.keys.unlocked(locked, asker())).toEqual(one);
  expect(it.runs()).toBe(1);
  for (let round = 0; round < 3; round++)
    await expect(it.keys.unlocked(remoteWith(privateKey, 'another'), asker())).rejects.toMatchObject({
      name: 'InvalidLogin',
      message: "'password' of the Secret is not the passphrase of 'identity'",
    });
  expect(it.runs()).toBe(2);
});

test('what has no passphrase is left as it is', async () => {
  await using it = bed();
  const remotes = [
    remoteWith('KEY'),
    { url: new URL('https://git.example.com/app.git'), access: { login: { kind: 'anonymous' } } } as const,
  ];

  for (const remote of remotes) expect(await it.keys.unlocked(remote, asker())).toBe(remote);
  expect(it.runs()).toBe(0);
});

describe('P4: a key that takes seconds to decrypt', () => {
  test('holds up nobody', { timeout: 60_000 }, async () => {
    await using it = bed();
    await it.keys.unlocked(remoteWith((await makeSshKey({ type: 'ed25519', passphrase: 'x' })).privateKey, 'x'), asker());
    const { privateKey } = await makeSshKey({ type: 'ed25519', passphrase: 'a phrase', rounds: 128 });
    const started = performance.now();
    const spentMs = startCpuTime();
    await it.keys.unlocked(remoteWith(privateKey, 'a phrase'), asker());
    // All that this thread did in that time together.
    expect(spentMs()).toBeLessThan(100);
    expect(performance.now() - started).toBeGreaterThan(500);
  });

  test('ends at its deadline, or that of whoever asks, in words that say what to do', { timeout: 60_000 }, async () => {
    const { privateKey } = await makeSshKey({ type: 'ed25519', passphrase: 'a phrase', rounds: 24 });
    const bytes = Buffer.from(privateKey.replace(/-----.*-----/g, ''), 'base64');
    const at = bytes.indexOf(Buffer.from([0, 0, 0, 16]), bytes.indexOf('bcrypt') + 10) + 20;
    expect(bytes.readUInt32BE(at)).toBe(24);
    bytes.writeUInt32BE(1_024, at);
    const slow = remoteWith(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
      'a phrase',
    );
    const message = "'identity' of the Secret was not decrypted in time: give it a passphrase that takes fewer rounds";

    await using brief = bed({ deadlineMs: 500 });
    await expect(brief.keys.unlocked(slow, asker())).rejects.toMatchObject({ name: 'InvalidLogin', message });
    using deadline = deadlineSignal({ timeoutMs: 500, clock: systemClock });
    await using patient = bed();
    await expect(patient.keys.unlocked(slow, { ...asker(), signal: deadline.signal })).rejects.toMatchObject({
      name: 'InvalidLogin',
      message,
    });
  });
});
