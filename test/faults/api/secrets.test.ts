import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CANARY, faultBed } from './bed.ts';

test('a credential that the server quotes in its refusal shows neither in a status, nor in an event, nor in the log', async ({
  annotate,
}) => {
  await using bed = await faultBed();
  const message = `admission webhook denied the request: failed to pull https://robot:${CANARY}@registry.example.com/v2/`;
  const denied = bed.proxy.inject({ name: 'denied', verbs: ['apply'], action: { kind: 'answer', status: 403, message } });
  await bed.createWidgets(10);
  const told = async () =>
    (await bed.widgets()).map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '');
  const explained = async () => (await told()).filter((text) => text.includes('registry.example.com')).length;
  await expect.poll(explained, { timeout: 15_000 }).toBe(10);
  await delay(200);
  expect(JSON.stringify([await told(), bed.log])).not.toContain(CANARY);
  expect(bed.log.join('\n')).toContain('registry.example.com');
  denied[Symbol.dispose]();
  await annotate(await bed.settle({ changes: 1 }));
});
