import { expect, test } from 'vitest';
import { widget } from '../test/widget.ts';
import { createMetrics } from './metrics.ts';

const conditions = (...types: readonly string[]) =>
  types.map((type) => ({ type, status: 'True', reason: '', message: '', lastTransitionTime: '' }) as const);

function setUp() {
  const metrics = createMetrics();
  const controller = metrics.forController('widget');
  const lines = async (name: string) =>
    (await metrics.registry.getSingleMetricAsString(name)).split('\n').filter((line) => !line.startsWith('#') && line !== '');
  return { metrics, controller, lines };
}

test('has upstream’s names', async () => {
  const { metrics } = setUp();
  const names = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'gotk_reconcile_duration_seconds',
      'gotk_reconcile_condition',
      'gotk_suspend_status',
      'controller_runtime_reconcile_total',
      'controller_runtime_reconcile_errors_total',
      'controller_runtime_active_workers',
      'workqueue_depth',
      'rest_client_requests_total',
      'rest_client_request_duration_seconds',
      'process_cpu_seconds_total',
    ]),
  );
});

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
  ['ready', 'success', 0],
  ['waiting', 'requeue_after', 0],
  ['superseded', 'requeue', 0],
  ['failed', 'error', 1],
  ['stalled', 'error', 1],
] as const)('a run that ends %s counts as %s', async (outcome, result, errors) => {
  const { controller, lines } = setUp();
  controller.reconciled(widget(), outcome, 1);
  expect(await lines('controller_runtime_reconcile_total')).toEqual([
    `controller_runtime_reconcile_total{controller="widget",result="${result}"} 1`,
  ]);
  expect(await lines('controller_runtime_reconcile_errors_total')).toHaveLength(errors);
});

test('requests count by method and code, those without an answer as errors', async () => {
  const { metrics, lines } = setUp();
  metrics.request({ method: 'GET', code: 200, durationMs: 10 });
  metrics.request({ method: 'GET', code: 0, durationMs: 10 });
  expect(await lines('rest_client_requests_total')).toEqual([
    'rest_client_requests_total{method="GET",code="200"} 1',
    'rest_client_requests_total{method="GET",code="<error>"} 1',
  ]);
});

test('the load of a controller is what it is now', async () => {
  const { controller, lines } = setUp();
  controller.load({ queued: 5, active: 4 });
  controller.load({ queued: 3, active: 2 });
  expect(await lines('workqueue_depth')).toEqual(['workqueue_depth{name="widget",controller="widget"} 3']);
  expect(await lines('controller_runtime_active_workers')).toEqual(['controller_runtime_active_workers{controller="widget"} 2']);
});
