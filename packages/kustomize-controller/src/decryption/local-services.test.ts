import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createWorkerPool } from '@gotk/runtime';
import { armor, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { encryptedFiles } from '../../test/encrypted.ts';
import { localServices } from './local-services.ts';
import { type Unwrap, type Unwrapped, unwrap } from './unwrap.ts';

const ageKey = (encrypted: string) => ({ type: 'age', recipient: 'age1x', encrypted }) as const;
const lockOf = (...encrypted: readonly string[]) => ({ keyGroups: [encrypted.map(ageKey)], shamirThreshold: 0 });

test('keys that take seconds of a processor hold up nobody (P4)', { timeout: 120_000 }, async () => {
  const entry = new URL('../worker.ts', import.meta.url);
  await using pool = createWorkerPool({ entry, clock: fakeClock(), size: 1 });
  const signal = AbortSignal.timeout(110_000);
  const run = (task: Unwrap) => pool.run<Unwrap, Unwrapped>('unwrap', task, { signal, deadlineMs: 100_000, of: 'apps/app' });
  const encrypter = new Encrypter();
  const stranger = await identityToRecipient(await generateHybridIdentity());
  for (let stanza = 0; stanza < 10; stanza++) encrypter.addRecipient(stranger);
  const encrypted = armor.encode(await encrypter.encrypt(Buffer.alloc(32)));
  const identities = await Promise.all(Array.from({ length: 12 }, () => generateHybridIdentity()));
  // The thread is there before it is measured.
  await localServices(new Map([['a.agekey', '']]), [], run);

  const spentMs = startCpuTime();
  const { age } = await localServices(new Map([['a.agekey', identities.join('\n')]]), [lockOf(encrypted)], run);
  const spent = spentMs();

  await expect(age?.(ageKey(encrypted), signal)).rejects.toThrow('no identity matches');
  // In this thread it would be half a second, without a break.
  expect(spent).toBeLessThan(200);
});

test('the thread is given the keys without a network, and many locks in batches', async () => {
  const { keys } = await encryptedFiles();
  const asked: Unwrap[] = [];
  const run = (task: Unwrap) => {
    asked.push(task);
    return unwrap(task);
  };
  const locks = Array.from({ length: 5 }, (_, index) => lockOf(`${index}`.padEnd(1024 * 1024, 'x')));

  await localServices(
    new Map([
      ['a.agekey', keys],
      ['sops.vault-token', 'CANARY'],
    ]),
    locks,
    run,
  );

  expect(asked.map(({ files, locks: batch }) => [[...files.keys()], batch.length])).toEqual([
    [['a.agekey'], 2],
    [['a.agekey'], 2],
    [['a.agekey'], 1],
  ]);
});

test('without such keys no thread is asked', async () => {
  const { age, pgp } = await localServices(new Map([['sops.vault-token', 'x']]), [lockOf('x')], () => Promise.reject(new Error('asked')));
  const signal = AbortSignal.timeout(1_000);

  await expect(age?.(ageKey('x'), signal)).rejects.toThrow('there are no age identities');
  await expect(pgp?.({ type: 'pgp', fingerprint: 'x', encrypted: 'x' }, signal)).rejects.toThrow('there are no OpenPGP keys');
});
