import type { Artifact } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { expect, inject, test } from 'vitest';
import { NAME, sourceKinds } from './source-kinds.ts';
import { condition, isReady, resources, type Testbed, testbed } from './testbed.ts';

const metrics = async (): Promise<string> => await (await fetch(inject('metricsUrls')['source-controller'] ?? '')).text();

/** The series of one object, without their help. */
const seriesOf = async (bed: Testbed, kind: string): Promise<readonly string[]> =>
  (await metrics()).split('\n').filter((line) => line.includes(`{kind="${kind}",name="${NAME}",namespace="${bed.namespace}"`));

const eventsOf = async (bed: Testbed, kind: string, reason: string): Promise<readonly Unstructured[]> => {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${NAME},reason=${reason}`;
  return (await bed.client.list(resources.event, { namespace: bed.namespace, fieldSelector, signal: bed.signal })).items;
};

test.each(sourceKinds)('the event of a new artifact of a $kind carries its revision and its digest', async (subject) => {
  const { kind, resource, news, start } = subject;
  await using bed = await testbed();
  await using origin = await start();
  const untilTold = async (artifact: Artifact | undefined): Promise<void> => {
    const annotations = {
      'source.toolkit.fluxcd.io/revision': artifact?.revision,
      'source.toolkit.fluxcd.io/digest': artifact?.digest,
    };
    const event = {
      type: 'Normal',
      metadata: expect.objectContaining({ annotations }),
      involvedObject: expect.objectContaining({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind, namespace: bed.namespace }),
      source: { component: 'source-controller' },
    };
    await expect
      .poll(() => eventsOf(bed, kind, news), { timeout: 20_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining(event)]));
  };
  await origin.apply(bed);
  const first = (await bed.until(resource, NAME, isReady)).status?.artifact;
  // Before the next one: an event that says the same in words takes the place of the last.
  await untilTold(first);
  await origin.renew();
  await bed.request(resource, NAME);
  const renewed = await bed.until(resource, NAME, (it) => isReady(it) && it.status?.artifact?.revision !== first?.revision);
  await untilTold(renewed.status?.artifact);
});

test.each(sourceKinds)('the metrics tell how a $kind is, as long as it is there', async ({ kind, resource, start }) => {
  await using bed = await testbed();
  await using origin = await start();
  await origin.apply(bed);
  await bed.until(resource, NAME, isReady);
  const labels = `kind="${kind}",name="${NAME}",namespace="${bed.namespace}"`;
  await expect
    .poll(() => seriesOf(bed, kind), { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        `gotk_reconcile_condition{${labels},type="Ready",status="True"} 1`,
        `gotk_reconcile_condition{${labels},type="Ready",status="False"} 0`,
        `gotk_suspend_status{${labels}} 0`,
        expect.stringMatching(/^gotk_reconcile_duration_seconds_count\{.*\} [1-9]\d*$/),
        expect.stringMatching(/^gotk_reconcile_duration_seconds_bucket\{.*,le="\+Inf"\} [1-9]\d*$/),
      ]),
    );
  await bed.merge(resource, NAME, { spec: { suspend: true } });
  await expect.poll(() => seriesOf(bed, kind), { timeout: 20_000 }).toContain(`gotk_suspend_status{${labels}} 1`);
  await bed.client.delete(resource, { namespace: bed.namespace, name: NAME }, { signal: bed.signal });
  await bed.untilGone(resource, NAME);
  await expect.poll(() => seriesOf(bed, kind), { timeout: 20_000 }).toEqual([]);
});

test('the metrics that are of no single object have their names, too', async () => {
  const text = await metrics();
  for (const name of ['gotk_token_cached_items', 'gotk_token_cache_evictions_total'])
    expect(text).toMatch(new RegExp(`^${name} \\d+$`, 'm'));
  for (const name of ['gotk_token_cache_events_total', 'gotk_token_cache_requests_total', 'workqueue_depth', 'rest_client_requests_total'])
    expect(text).toContain(`# TYPE ${name} `);
  for (const { kind } of sourceKinds) expect(text).toMatch(new RegExp(`^workqueue_depth\\{.*"${kind.toLowerCase()}".*\\} \\d+$`, 'm'));
});

test('a failure is a warning that names its reason, as the condition does', async () => {
  await using bed = await testbed();
  await bed.gitRepository(NAME, { url: 'http://127.0.0.1:1/app.git' });
  const failed = await bed.source(NAME, (it) => condition(it, 'FetchFailed')?.status === 'True');
  const { reason = '', message = '' } = condition(failed, 'FetchFailed') ?? {};
  await expect
    .poll(() => bed.events('GitRepository', NAME), { timeout: 20_000 })
    .toEqual(expect.arrayContaining([{ type: 'Warning', reason, message }]));
});
