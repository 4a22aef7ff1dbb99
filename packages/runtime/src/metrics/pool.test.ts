import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { poolMetrics } from './pool.ts';

test('tells how long tasks waited and ran, how they ended, and what it cost in threads', async () => {
  const registry = new Registry();
  const onEvent = poolMetrics(registry);
  onEvent({ kind: 'thread-started', startMs: 40 });
  onEvent({ kind: 'started', task: 'build', lane: 'fast', waitedMs: 250 });
  onEvent({ kind: 'slowed', task: 'build', ranMs: 1_000 });
  onEvent({ kind: 'ended', task: 'build', end: 'deadline', ranMs: 2_000 });
  const text = await registry.metrics();
  for (const line of [
    'gotk_worker_threads_started_total 1',
    'gotk_worker_task_wait_seconds_sum{task="build",lane="fast"} 0.25',
    'gotk_worker_tasks_slowed_total{task="build"} 1',
    'gotk_worker_task_duration_seconds_sum{task="build",end="deadline"} 2',
    'gotk_worker_task_duration_seconds_count{task="build",end="deadline"} 1',
  ])
    expect(text.split('\n')).toContain(line);
});
