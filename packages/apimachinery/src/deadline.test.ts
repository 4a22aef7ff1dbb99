import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { DeadlineExceeded, deadlineSignal } from './deadline.ts';

test('aborts when the time is up, and says how long it waited', async () => {
  const clock = fakeClock();
  using deadline = deadlineSignal({ timeoutMs: 100, clock });
  await clock.advance(99);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(deadline.signal.reason).toBeInstanceOf(DeadlineExceeded);
  expect(deadline.signal.reason.message).toBe('timed out after 100 ms');
});

test('aborts with its parent, for the reason of its parent', () => {
  const parent = new AbortController();
  using deadline = deadlineSignal({ timeoutMs: 100, clock: fakeClock(), parents: [parent.signal] });
  parent.abort('enough');
  expect(deadline.signal.reason).toBe('enough');
  using late = deadlineSignal({ timeoutMs: 100, clock: fakeClock(), parents: [parent.signal] });
  expect(late.signal.reason).toBe('enough');
});

test('leaves no timer behind, and does not abort what outlives it', () => {
  const clock = fakeClock();
  const { signal } = (() => {
    using deadline = deadlineSignal({ timeoutMs: 100, clock });
    return deadline;
  })();
  expect(clock.pending).toBe(0);
  expect(signal.aborted).toBe(false);
});
