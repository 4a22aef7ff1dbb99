import type { Clock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { createLiveness } from './liveness.ts';

/** Time can pass without timers firing: that is what a blocked event loop is. */
function setUp() {
  const time = fakeClock();
  let blockedMs = 0;
  const clock: Clock = { ...time, monotonic: () => time.monotonic() + blockedMs };
  return {
    liveness: createLiveness({ clock }),
    advance: (ms: number) => time.advance(ms),
    block: (ms: number) => {
      blockedMs += ms;
    },
    pending: () => time.pending,
  };
}

test('a process whose timers fire is alive, for as long as it likes', async () => {
  const { liveness, advance } = setUp();
  await advance(3_600_000);
  expect(liveness.notAlive()).toBeUndefined();
});

test('a loop that was blocked for half a minute and more is told of in the next ten seconds, and then forgiven', async () => {
  const { liveness, advance, block } = setUp();
  await advance(5_000);
  block(41_000);
  await advance(1_000);
  expect(liveness.notAlive()).toBe('the event loop was blocked for 41 s');
  await advance(10_000);
  expect(liveness.notAlive()).toBe('the event loop was blocked for 41 s');
  await advance(1);
  expect(liveness.notAlive()).toBeUndefined();
});

test('a loop that is blocked for less is only slow', async () => {
  const { liveness, advance, block } = setUp();
  block(29_000);
  await advance(1_000);
  expect(liveness.notAlive()).toBeUndefined();
});

test('timers that never fire while sockets are served are told of while it lasts', async () => {
  const { liveness, block } = setUp();
  block(32_000);
  expect(liveness.notAlive()).toBe('timers have been late for 31 s');
});

test('leaves no timer behind', async () => {
  const { liveness, advance, pending } = setUp();
  await advance(1_500);
  liveness[Symbol.dispose]();
  expect(pending()).toBe(0);
});
