import { expect, test } from 'vitest';
import { widget } from '../../test/widget.ts';
import { createFreshest } from './freshest.ts';

const state = (resourceVersion: string, uid = 'uid-1') => widget({ metadata: { resourceVersion, uid } });

test('our own last write counts until the cache has caught up with it', () => {
  const freshest = createFreshest();
  const [cached, written, later] = [state('9'), state('10'), state('11')];
  freshest.note('apps/web', written);
  expect(freshest.of('apps/web', cached)).toBe(written);
  expect(freshest.of('apps/web', later)).toBe(later);
  expect(freshest.of('apps/web', cached)).toBe(cached);
});

test('the cache showing our very write is catching up', () => {
  const freshest = createFreshest();
  freshest.note('apps/web', state('10'));
  const same = state('10');
  expect(freshest.of('apps/web', same)).toBe(same);
});

test('what the cache delivered meanwhile lets go of the write, an older state does not', () => {
  const freshest = createFreshest();
  const written = state('10');
  freshest.note('apps/web', written);
  freshest.seen('apps/web', state('9'));
  expect(freshest.of('apps/web', state('9'))).toBe(written);
  freshest.seen('apps/web', state('10'));
  const cached = state('9');
  expect(freshest.of('apps/web', cached)).toBe(cached);
});

test('another object of the same name is never taken for the one that was written', () => {
  const freshest = createFreshest();
  freshest.note('apps/web', state('10'));
  const other = state('9', 'uid-2');
  expect(freshest.of('apps/web', other)).toBe(other);
});

test('versions are compared as the whole numbers they are, however long', () => {
  const freshest = createFreshest();
  const written = state('90071992547409931');
  freshest.note('apps/web', written);
  expect(freshest.of('apps/web', state('90071992547409930'))).toBe(written);
});

test.each(['abc', '', '0x10', '1'.repeat(31)])('of a server that numbers its versions %j the cache is believed', (version) => {
  const freshest = createFreshest();
  freshest.note('apps/web', state(version));
  const cached = state('1');
  expect(freshest.of('apps/web', cached)).toBe(cached);
});

test('forgets', () => {
  const freshest = createFreshest();
  freshest.note('apps/web', state('10'));
  freshest.forget('apps/web');
  const cached = state('9');
  expect(freshest.of('apps/web', cached)).toBe(cached);
});
