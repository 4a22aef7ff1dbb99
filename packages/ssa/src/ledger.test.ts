import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { expect, test } from 'vitest';
import { createLedger, type LedgerRecord } from './ledger.ts';

const record = (owner: string, hash = 'h'): LedgerRecord => ({ owner, hash, uid: 'u', resourceVersion: '1', entryDigest: 'd', atMs: 0 });

test('an owner that is forgotten takes along all that was known of its objects, and nothing of others', () => {
  const ledger = createLedger();
  ledger.enter('apps/web', 'one');
  for (const id of ['kept', 'lost', 'ended']) ledger.set(id, record('apps/web'));
  ledger.lose('lost', record('apps/web'));
  ledger.end('ended', 'apps/web', 'failed');
  ledger.set('other', record('apps/shop'));
  ledger.forget('apps/web');
  expect([ledger.get('kept'), ledger.lost('lost'), ledger.ended('ended'), ledger.get('other')?.owner]).toEqual([
    undefined,
    undefined,
    undefined,
    'apps/shop',
  ]);
  expect(ledger.enter('apps/web', 'one')).toBe('nothing');
});

test('an object that has been handed over is not forgotten with its owner of before', () => {
  const ledger = createLedger();
  ledger.set('moved', record('apps/web'));
  ledger.set('moved', record('apps/shop'));
  ledger.forget('apps/web');
  expect(ledger.get('moved')?.owner).toBe('apps/shop');
  ledger.forget('apps/shop');
  expect(ledger.get('moved')).toBeUndefined();
});

test('in another edition what became of objects no longer counts, and what was applied still does', () => {
  const ledger = createLedger();
  ledger.enter('apps/web', 'one');
  for (const id of ['kept', 'lost', 'ended']) ledger.set(id, record('apps/web'));
  ledger.lose('lost', record('apps/web'));
  ledger.end('ended', 'apps/web', 'complete');
  expect([ledger.enter('apps/web', 'one'), ledger.lost('lost')?.hash, ledger.ended('ended')]).toEqual(['this edition', 'h', 'complete']);
  expect(ledger.enter('apps/web', 'two')).toBe('another edition');
  expect([ledger.get('kept')?.hash, ledger.lost('lost'), ledger.ended('ended')]).toEqual(['h', undefined, undefined]);
});

test('what is applied again, or taken away, is neither lost nor ended any more', () => {
  const ledger = createLedger();
  ledger.lose('a', record('apps/web'));
  ledger.end('b', 'apps/web', 'failed');
  ledger.set('a', record('apps/web', 'next'));
  ledger.delete('b');
  expect([ledger.get('a')?.hash, ledger.lost('a'), ledger.ended('b')]).toEqual(['next', undefined, undefined]);
});

test('fifty thousand owners are forgotten one by one in no time: whoever looks at all that there is for each takes half a minute', () => {
  const ledger = createLedger();
  const owners = Array.from({ length: 50_000 }, (_, index) => `apps/app-${index}`);
  for (const owner of owners) ledger.set(`of ${owner}`, record(owner));
  const spentMs = startCpuTime();
  for (const owner of owners) ledger.forget(owner);
  expect(spentMs()).toBeLessThan(5_000);
});
