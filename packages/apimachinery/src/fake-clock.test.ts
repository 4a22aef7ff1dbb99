import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeClock } from './fake-clock.ts';

describe('fake clock', () => {
  test('stands still until it is moved', async () => {
    const clock = fakeClock(1_000);
    let woke = false;
    void clock.sleep(50).then(() => {
      woke = true;
    });

    await clock.advance(49);
    expect(woke).toBe(false);
    expect(clock.now()).toBe(1_049);
    await clock.advance(1);
    expect(woke).toBe(true);
    expect(clock.monotonic()).toBe(50);
  });

  test('a loop that sleeps again and again runs as often as the time allows', async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    void (async () => {
      for (;;) {
        await clock.sleep(10);
        seen.push(clock.monotonic());
      }
    })();

    await clock.advance(35);

    expect(seen).toEqual([10, 20, 30]);
  });

  test('a sleep ends early, and without an error, when its signal aborts', async () => {
    const clock = fakeClock();
    const stop = new AbortController();
    const slept = clock.sleep(1_000, stop.signal);

    stop.abort();
    await slept;

    expect(clock.pending).toBe(0);
    await clock.sleep(1_000, AbortSignal.abort());
  });

  test('a disposed timer never fires', async () => {
    const clock = fakeClock();
    let fired = 0;
    clock.after(10, () => fired++)[Symbol.dispose]();
    clock.after(10, () => fired++);

    await clock.advance(10);

    expect(fired).toBe(1);
  });

  test('timers fire in the order in which they are due, those due at once in the order in which they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }), async (delays) => {
        const clock = fakeClock();
        const fired: (readonly [dueMs: number, index: number])[] = [];
        for (const [index, ms] of delays.entries()) clock.after(ms, () => fired.push([clock.monotonic(), index]));

        await clock.advance(5);

        const expected = delays.map((ms, index) => [ms, index] as const).sort(([a, i], [b, j]) => a - b || i - j);
        expect(fired).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
