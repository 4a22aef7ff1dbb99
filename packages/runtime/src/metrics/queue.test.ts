import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { createQueue } from '../controller/queue.ts';
import { createMetrics } from './metrics.ts';
import { meteredQueue } from './queue.ts';

function setUp() {
  const clock = fakeClock();
  const metrics = createMetrics();
  const queue = meteredQueue(createQueue({ clock }), metrics.forController('widget', 4).queue, clock);
  const value = async (name: string) => {
    let text = '';
    for await (const slice of metrics.expose()) text += slice;
    const line = text.split('\n').find((each) => each.startsWith(`${name}{name="widget",controller="widget"}`));
    return Number(line?.split(' ').at(-1));
  };
  return { clock, queue, value };
}

test('a key that is added while it waits is one add; one added while it runs is another', async () => {
  const { queue, value } = setUp();
  queue.add('web', { priority: 'normal' });
  queue.add('web', { priority: 'urgent' });
  expect(await value('workqueue_adds_total')).toBe(1);
  queue.take();
  queue.add('web', { priority: 'normal' });
  expect(await value('workqueue_adds_total')).toBe(2);
});

test('waiting is counted from when the key could have run, not from when it was told to run later', async () => {
  const { clock, queue, value } = setUp();
  queue.add('web', { priority: 'normal', afterMs: 5_000 });
  await clock.advance(7_000);
  queue.take();
  expect(await value('workqueue_queue_duration_seconds_sum')).toBe(2);
  expect(await value('workqueue_retries_total')).toBe(1);
});

test('of two times the earlier one counts, as it does for the queue', async () => {
  const { clock, queue, value } = setUp();
  queue.add('web', { priority: 'normal', afterMs: 60_000 });
  queue.add('web', { priority: 'urgent' });
  await clock.advance(3_000);
  queue.take();
  expect(await value('workqueue_queue_duration_seconds_sum')).toBe(3);
});

test('work shows while it is done, and in the histogram when it is', async () => {
  const { clock, queue, value } = setUp();
  queue.add('web', { priority: 'normal' });
  queue.take();
  await clock.advance(4_000);
  queue.add('api', { priority: 'normal' });
  queue.take();
  await clock.advance(1_000);
  expect([await value('workqueue_unfinished_work_seconds'), await value('workqueue_longest_running_processor_seconds')]).toEqual([6, 5]);
  queue.done('web');
  queue.done('api');
  expect([await value('workqueue_unfinished_work_seconds'), await value('workqueue_longest_running_processor_seconds')]).toEqual([0, 0]);
  expect([await value('workqueue_work_duration_seconds_sum'), await value('workqueue_work_duration_seconds_count')]).toEqual([6, 2]);
});

test('a key that is forgotten begins anew', async () => {
  const { clock, queue, value } = setUp();
  queue.add('web', { priority: 'normal', afterMs: 60_000 });
  queue.forget('web');
  await clock.advance(100_000);
  queue.add('web', { priority: 'normal' });
  queue.take();
  expect([await value('workqueue_adds_total'), await value('workqueue_queue_duration_seconds_sum')]).toEqual([2, 0]);
});
