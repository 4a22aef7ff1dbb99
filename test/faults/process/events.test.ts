import { type Clock, systemClock } from '@gotk/apimachinery';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { measuredUntil } from '@gotk/testkit';
import { describe, expect, inject, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { type Behaviour, type EventReceiver, startEventReceiver } from './event-receiver.ts';
import type {} from './provided.ts';

const kubeconfigPath = inject('kubeconfigPath');
const MIB = 2 ** 20;
const COUNT = 30;
const ROUNDS = 3;
/** How long a manager waits at its end for events to be delivered, and some more. */
const STOP_MS = 5_000;

/** Widgets, each of whose runs has an event to report to such a receiver. */
async function reporting(behaviour: Behaviour, clock: Clock = systemClock) {
  await using stack = new AsyncDisposableStack();
  const receiver = stack.use(await startEventReceiver(behaviour));
  const subject = stack.use(await startSubject({ kubeconfigPath, manager: { eventsAddress: receiver.url, clock } }));
  await subject.createWidgets(COUNT);
  await subject.converged();
  const owned = stack.move();
  return { subject, receiver, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Changes every widget, again and again; resolves with how long that took (milliseconds). */
async function change(subject: Subject, name: string, rounds = ROUNDS): Promise<number> {
  const began = performance.now();
  for (let round = 1; round <= rounds; round++) {
    await subject.updateWidgets({ content: `${name}-${round}` });
    await subject.converged();
  }
  return performance.now() - began;
}

/** Each widget says what it applied first and in each round; of what it found half done, it says so again. */
async function everyEvent({ objectsSaying }: EventReceiver): Promise<void> {
  const said = ['applied first', ...Array.from({ length: ROUNDS }, (_, round) => `applied round-${round + 1}`)];
  await expect.poll(() => said.map(objectsSaying), { timeout: 10_000 }).toEqual(said.map(() => COUNT));
}

describe('the receiver of events', () => {
  test('that is well gets every event', async () => {
    await using at = await reporting({ kind: 'answers', status: 201 });
    await change(at.subject, 'round');
    await everyEvent(at.receiver);
  });

  const behaviours: readonly (readonly [name: string, behaviour: Behaviour])[] = [
    ['is down', { kind: 'down' }],
    ['takes two seconds for each', { kind: 'answers', status: 201, afterMs: 2_000 }],
    ['has a certificate that nobody knows', { kind: 'bad-certificate' }],
  ];
  test.each(behaviours)('that %s slows no reconcile down, and holds up no end', async (_, behaviour) => {
    await using usual = await reporting({ kind: 'answers', status: 201 });
    await using at = await reporting(behaviour);
    const measure = async (attempt: number) => ({
      usualMs: await change(usual.subject, `usual-${attempt}`),
      tookMs: await change(at.subject, `round-${attempt}`),
    });
    await measuredUntil(({ usualMs, tookMs }) => expect(tookMs).toBeLessThan(2 * usualMs + 1_000), { attempts: 3, measure });
    const began = performance.now();
    await at.subject.controller.stop();
    expect(performance.now() - began).toBeLessThan(STOP_MS);
  });

  test('that says 429 is not told again', async () => {
    await using at = await reporting({ kind: 'answers', status: 429 });
    await change(at.subject, 'round');
    await everyEvent(at.receiver);
    await at.subject.controller.stop();
    expect(new Set(at.receiver.bodies).size).toBe(at.receiver.bodies.length);
  });

  test('that comes back gets what happened meanwhile, in order', async ({ annotate }) => {
    const back = Promise.withResolvers<void>();
    // A pause of the sender, which nothing aborts, lasts until it is back at least: on a slow machine all changes take longer than the five attempts for an event.
    const patient: Clock = {
      ...systemClock,
      async sleep(ms, signal) {
        await systemClock.sleep(ms, signal);
        if (signal === undefined) await back.promise;
      },
    };
    await using at = await reporting({ kind: 'down' }, patient);
    await change(at.subject, 'round');
    await at.receiver.recover();
    back.resolve();
    const began = performance.now();
    await everyEvent(at.receiver);
    await annotate(`all delivered ${Math.round(performance.now() - began)} ms after it was back`);
    expect(at.receiver.messages).toEqual(at.receiver.messages.toSorted());
  });

  // As CVE-2025-47279, where each refused handshake left something behind.
  test('that refuses a thousand handshakes leaves nothing in memory', async ({ annotate }) => {
    const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 2), signal) };
    await using at = await reporting({ kind: 'bad-certificate' }, hasty);
    const held: number[] = [];
    for (const half of ['first', 'second']) {
      const before = at.receiver.connections;
      await change(at.subject, half);
      await expect.poll(() => at.receiver.connections - before, { timeout: 20_000 }).toBeGreaterThanOrEqual(5 * COUNT * ROUNDS);
      held.push(await heapAfterCollection());
    }
    const [first = 0, second = 0] = held;
    await annotate(
      `${at.receiver.connections} handshakes; ${(first / MIB).toFixed(1)} MiB held after one half, ${(second / MIB).toFixed(1)} MiB after the other`,
    );
    expect((second - first) / MIB).toBeLessThan(2);
  });
});
