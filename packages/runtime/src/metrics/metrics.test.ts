import { setTimeout } from 'node:timers/promises';
import type { KubeObject } from '@gotk/apimachinery';
import type { Delta, Informer } from '@gotk/kube';
import { expect, test } from 'vitest';
import { widget } from '../../test/widget.ts';
import { createMetrics } from './metrics.ts';

const conditions = (...types: readonly string[]) =>
  types.map((type) => ({ type, status: 'True', reason: '', message: '', lastTransitionTime: '' }) as const);

function setUp() {
  const metrics = createMetrics();
  const controller = metrics.forController('widget', 4);
  const lines = async (name: string) => {
    let text = '';
    for await (const slice of metrics.expose()) text += slice;
    return text.split('\n').filter((line) => new RegExp(`^${name}(_sum|_count|_bucket)?[ {]`).test(line));
  };
  return { metrics, controller, lines };
}

test('each condition has a series a status, one of which is 1', async () => {
  const { controller, lines } = setUp();
  controller.observe(widget({ status: { conditions: conditions('Ready') } }));
  const labels = 'kind="Widget",name="web",namespace="apps",type="Ready"';
  expect((await lines('gotk_reconcile_condition')).sort()).toEqual([
    `gotk_reconcile_condition{${labels},status="False"} 0`,
    `gotk_reconcile_condition{${labels},status="True"} 1`,
    `gotk_reconcile_condition{${labels},status="Unknown"} 0`,
  ]);
});

test('an object that nobody has reconciled yet is neither ready nor failed', async () => {
  const { controller, lines } = setUp();
  controller.observe(widget());
  expect(await lines('gotk_reconcile_condition')).toContain(
    'gotk_reconcile_condition{kind="Widget",name="web",namespace="apps",type="Ready",status="Unknown"} 1',
  );
});

test('what is stored past its schema breaks no line, and makes no series twice', async () => {
  const { controller, lines } = setUp();
  const types = ['Ready', 'Ready', 'a"b\\\n', ...Array.from({ length: 1_000 }, (_, index) => `T${index}`), 'x'.repeat(100_000)];
  controller.observe(widget({ status: { conditions: conditions(...types) } }));
  const series = (await lines('gotk_reconcile_condition')).map((line) => line.replace(/ [01]$/, ''));
  expect(new Set(series).size).toBe(series.length);
  expect(series.length).toBeLessThanOrEqual(60);
  expect(series).toContain('gotk_reconcile_condition{kind="Widget",name="web",namespace="apps",type="a\\"b\\\\\\n",status="True"}');
});

test('a condition that is gone has no series', async () => {
  const { controller, lines } = setUp();
  controller.observe(widget({ status: { conditions: conditions('Ready', 'Stalled') } }));
  controller.observe(widget({ status: { conditions: conditions('Ready') } }));
  expect((await lines('gotk_reconcile_condition')).filter((line) => line.includes('Stalled'))).toEqual([]);
});

test('suspension shows', async () => {
  const { controller, lines } = setUp();
  const labels = 'kind="Widget",name="web",namespace="apps"';
  controller.observe(widget({ spec: { suspend: true } }));
  expect(await lines('gotk_suspend_status')).toEqual([`gotk_suspend_status{${labels}} 1`]);
  controller.observe(widget());
  expect(await lines('gotk_suspend_status')).toEqual([`gotk_suspend_status{${labels}} 0`]);
});

test('an object that is gone leaves no series of its own behind', async () => {
  const { controller, lines } = setUp();
  const object = widget({ status: { conditions: conditions('Ready') } });
  controller.observe(object);
  controller.reconciled(object, 'ready', 1_500);
  expect((await lines('gotk_reconcile_duration_seconds')).at(-2)).toMatch(/_sum\{.*\} 1\.5$/);
  controller.forget(object);
  for (const name of ['gotk_reconcile_condition', 'gotk_suspend_status', 'gotk_reconcile_duration_seconds'])
    expect(await lines(name)).toEqual([]);
});

test.each([
  ['ready', 'success', { errors: 0, terminal: 0 }],
  ['waiting', 'requeue_after', { errors: 0, terminal: 0 }],
  ['superseded', 'requeue', { errors: 0, terminal: 0 }],
  ['failed', 'error', { errors: 1, terminal: 0 }],
  ['stalled', 'error', { errors: 1, terminal: 1 }],
] as const)('a run that ends %s counts as %s, and the other results as 0', async (outcome, result, { errors, terminal }) => {
  const { controller, lines } = setUp();
  controller.reconciled(widget(), outcome, 250);
  const totals = await lines('controller_runtime_reconcile_total');
  expect(totals).toHaveLength(4);
  expect(totals.filter((line) => line.endsWith(' 1'))).toEqual([
    `controller_runtime_reconcile_total{controller="widget",result="${result}"} 1`,
  ]);
  expect(await lines('controller_runtime_reconcile_errors_total')).toEqual([
    `controller_runtime_reconcile_errors_total{controller="widget"} ${errors}`,
  ]);
  expect(await lines('controller_runtime_terminal_reconcile_errors_total')).toEqual([
    `controller_runtime_terminal_reconcile_errors_total{controller="widget"} ${terminal}`,
  ]);
  expect(await lines('controller_runtime_reconcile_time_seconds')).toContain(
    'controller_runtime_reconcile_time_seconds_sum{controller="widget"} 0.25',
  );
});

const request = { verb: 'list', method: 'GET', resource: 'widgets', code: 200, durationMs: 10 } as const;

test('requests count by code, method and host, those without an answer as errors', async () => {
  const { metrics, lines } = setUp();
  const seen = metrics.requestsTo('https://10.0.0.1:6443/base');
  seen(request);
  seen({ ...request, code: 0 });
  expect(await lines('rest_client_requests_total')).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="10.0.0.1:6443"} 1',
    'rest_client_requests_total{code="<error>",method="GET",host="10.0.0.1:6443"} 1',
  ]);
  expect(await lines('gotk_kube_requests_total')).toEqual(['gotk_kube_requests_total{verb="list",resource="widgets"} 2']);
});

test('servers without number, as tenants may name them, make no series without number', async () => {
  const { metrics, lines } = setUp();
  for (let index = 0; index < 1_000; index++) metrics.requestsTo(`https://tenant-${index}.example.dev`)(request);
  const series = await lines('rest_client_requests_total');
  expect(series).toHaveLength(101);
  expect(series).toContain('rest_client_requests_total{code="200",method="GET",host="other"} 900');
});

test('the load of a controller is what it is now', async () => {
  const { controller, lines } = setUp();
  controller.load({ queued: 5, active: 4 });
  controller.load({ queued: 3, active: 2 });
  expect(await lines('workqueue_depth')).toEqual(['workqueue_depth{name="widget",controller="widget"} 3']);
  expect(await lines('controller_runtime_active_workers')).toEqual(['controller_runtime_active_workers{controller="widget"} 2']);
  expect(await lines('controller_runtime_max_concurrent_reconciles')).toEqual([
    'controller_runtime_max_concurrent_reconciles{controller="widget"} 4',
  ]);
});

test('who leads is asked when somebody wants to know', async () => {
  const { metrics, lines } = setUp();
  let leads = true;
  metrics.leads('widget-controller-leader-election', () => leads);
  expect(await lines('leader_election_master_status')).toEqual([
    'leader_election_master_status{name="widget-controller-leader-election"} 1',
  ]);
  leads = false;
  expect(await lines('leader_election_master_status')).toEqual([
    'leader_election_master_status{name="widget-controller-leader-election"} 0',
  ]);
});

test('a run is counted in the bucket that it fits and in all above, with the bounds of upstream', async () => {
  const { controller, lines } = setUp();
  for (const ms of [10, 11, 3_600_000]) controller.reconciled(widget(), 'ready', ms);
  const buckets = (await lines('gotk_reconcile_duration_seconds')).flatMap((line) => {
    const [, bound, count] = /le="([^"]+)"\} (\d+)$/.exec(line) ?? [];
    return bound === undefined ? [] : [[bound, Number(count)] as const];
  });
  expect(buckets).toHaveLength(11);
  expect([buckets[0], buckets[1]?.[1], buckets[9]?.[1], buckets[10]]).toEqual([['0.01', 1], 2, 2, ['+Inf', 3]]);
  expect(Number(buckets[1]?.[0])).toBeCloseTo(0.0383632, 6);
  expect(Number(buckets[9]?.[0])).toBeCloseTo(1800, 6);
});

test('thousands of objects are told of in slices, between which other work is done', async () => {
  const { metrics, controller } = setUp();
  for (let index = 0; index < 2_000; index++) {
    const object = widget({ metadata: { name: `web-${index}` }, status: { conditions: conditions('Ready') } });
    controller.observe(object);
    controller.reconciled(object, 'ready', 10);
  }
  let turns = 0;
  let going = true;
  const turn = () => {
    turns += 1;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  let series = 0;
  for await (const slice of metrics.expose()) series += slice.split('\n').filter((line) => line.includes('name="web-')).length;
  going = false;
  expect(series).toBe(2_000 * (3 + 1 + 13));
  expect(turns).toBeGreaterThan(20);
});

test('a loop that is blocked right after a scrape shows in the next one', async () => {
  const { lines } = setUp();
  const lag = async (figure: string) => Number((await lines(`nodejs_eventloop_lag_${figure}_seconds`))[0]?.split(' ')[1]);
  await lag('max');
  await setTimeout(250);
  await lag('max');
  const until = performance.now() + 400;
  while (performance.now() < until);
  await setTimeout(150);
  expect(await lag('max')).toBeGreaterThan(0.2);
});

test('an informer is counted for as long as it is held', async () => {
  const { metrics, lines } = setUp();
  let tell: (delta: Delta<KubeObject>) => void = () => undefined;
  const informer = {
    subscribe(handler: typeof tell) {
      tell = handler;
      for (const name of ['a', 'b', 'c']) handler({ kind: 'added', object: widget({ metadata: { name } }) });
      return { [Symbol.dispose]: () => undefined };
    },
  } as Informer<KubeObject>;
  const counted = metrics.informer('Widget', informer);
  tell({ kind: 'deleted', object: widget() });
  expect(await lines('gotk_informer_objects')).toEqual(['gotk_informer_objects{kind="Widget"} 2']);
  expect(await lines('gotk_informer_events_total')).toEqual([
    'gotk_informer_events_total{kind="Widget",type="added"} 3',
    'gotk_informer_events_total{kind="Widget",type="deleted"} 1',
  ]);
  counted[Symbol.dispose]();
  expect(await lines('gotk_informer_objects')).toEqual(['gotk_informer_objects{kind="Widget"} 0']);
});
