import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { ConnectionError, type KubeClient } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi, refused, writesOf } from '../../test/memory-api.ts';
import { webKey, widget, widgets } from '../../test/widget.ts';
import { LeaseLost } from '../election/leader-election.ts';
import { guardedClient } from './guarded-client.ts';

const signal = new AbortController().signal;

function setUp() {
  const api = memoryApi();
  const clock = fakeClock();
  const lease = { held: true };
  api.put(widgets, widget());
  return { api, clock, lease, ...guardedClient(api.client, { mayWrite: () => lease.held, clock }) };
}

test('without the lease nothing is written, also not as somebody else, and everything is read', async () => {
  const { api, client, lease } = setUp();
  lease.held = false;
  for (const each of [client, client.impersonate({ userName: 'deployer' })]) {
    const writes = [
      each.create(widgets, widget({ metadata: { name: 'other' } }), { signal }),
      each.replace(widgets, widget(), { signal }),
      each.apply(widgets, widget(), { signal, fieldManager: 'x', force: true }),
      each.patch(widgets, { key: webKey, patch: { type: 'merge', body: {} } }, { signal }),
      each.delete(widgets, webKey, { signal }),
    ];
    for (const result of await Promise.allSettled(writes))
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
    expect(await each.get(widgets, webKey, { signal })).toMatchObject({ metadata: webKey });
    expect((await each.list(widgets, { signal })).items).toHaveLength(1);
  }
  expect(writesOf(api.asked)).toEqual([]);
});

test('a write that still waits when the lease runs out is not sent', async () => {
  const { api, clock, lease } = setUp();
  const inner: KubeClient = {
    ...api.client,
    // As one that waits for the rate ceiling, a connection or its next attempt.
    async patch(resource, target, options) {
      lease.held = false;
      options.beforeSend?.();
      return api.client.patch(resource, target, options);
    },
  };
  const { client } = guardedClient(inner, { mayWrite: () => lease.held, clock });
  const written = client.patch(widgets, { key: webKey, patch: { type: 'merge', body: {} } }, { signal });
  await expect(written).rejects.toThrow(LeaseLost);
  expect(writesOf(api.asked)).toEqual([]);
});

test('with the lease everything passes', async () => {
  const { api, client } = setUp();
  await client.patch(
    widgets,
    { key: webKey, patch: { type: 'merge', body: { spec: { size: 2 } } } },
    { signal, fieldManager: 'widget-controller' },
  );
  expect(api.read(widgets, webKey)?.spec).toEqual({ size: 2 });
  expect(api.asked).toMatchObject([{ fieldManager: 'widget-controller' }]);
});

test('a server was heard when it answered, a refusal included, and not when it could not', async () => {
  const { api, clock, client, silentForMs } = setUp();
  expect(silentForMs()).toBe(Number.POSITIVE_INFINITY);
  await client.get(widgets, webKey, { signal });
  await clock.advance(1_000);
  expect(silentForMs()).toBe(1_000);
  for (const [error, silent] of [
    [refused(500, 'InternalError'), 1_000],
    [new ConnectionError('reset'), 1_000],
    [refused(403, 'Forbidden'), 0],
  ] as const) {
    api.before = () => {
      throw error;
    };
    await expect(client.get(widgets, webKey, { signal })).rejects.toBe(error);
    expect(silentForMs()).toBe(silent);
  }
});
