import type { Resource } from '@gotk/apimachinery';
import { registerValidation, startWebhookServer, type WebhookServer } from '@gotk/testkit';
import { describe, expect, inject, test } from 'vitest';
import { type Subject, type SubjectOptions, startSubject } from '../subject.ts';
import { configMaps, isReady, type Widget } from '../widget.ts';
import type {} from './provided.ts';

const kubeconfigPath = inject('kubeconfigPath');
const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };
const COUNT = 30;
const within = () => AbortSignal.timeout(10_000);

/** F10: a webhook is asked about every ConfigMap of the subject's namespace, from when this resolves. */
async function judged(options: Partial<SubjectOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const subject = stack.use(await startSubject({ kubeconfigPath, ...options }));
  const { client, namespace } = subject;
  const webhook = stack.use(await startWebhookServer());
  stack.use(await registerValidation(client, namespace, { server: webhook, namespace, resource: configMaps, timeoutSeconds: 10 }));
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace } };
  await expect
    .poll(
      async () => {
        await client.apply(configMaps, probe, { fieldManager: 'test', force: true, dryRun: true, signal: within() });
        return webhook.asked;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBeGreaterThan(0);
  return { subject, webhook, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const readyOf = ({ status }: Widget) => status?.conditions?.find(({ type }) => type === 'Ready');
const one = async (subject: Subject, name: string): Promise<Widget | undefined> =>
  (await subject.widgets()).find(({ metadata }) => metadata.name === name);

/** Resolves with how long it took until every widget but this one was ready (milliseconds). */
async function untilOthersReady(subject: Subject, name: string): Promise<number> {
  const began = performance.now();
  const others = async () => (await subject.widgets()).filter(({ metadata }) => metadata.name !== name);
  await expect.poll(async () => (await others()).filter(isReady).length, { timeout: 20_000, interval: 50 }).toBe(COUNT - 1);
  return performance.now() - began;
}

const untouched = ({ judge }: WebhookServer) => judge(() => ({}));

describe('an admission webhook', () => {
  test('that denies fails the object concerned, which says why without what is secret, and heals when it may', async ({ annotate }) => {
    await using at = await judged();
    const { subject, webhook } = at;
    const secrets = ['hunter2-of-the-robot', 'c2VjcmV0LXRva2VuLXZhbHVl'];
    const deny = `policy 'no-threes' found https://robot:${secrets[0]}@git.example.com and Authorization: Bearer ${secrets[1]}`;
    webhook.judge(({ name }) => (name?.startsWith('web-3-') ? { deny } : {}));

    await subject.createWidgets(COUNT);
    const othersMs = await untilOthersReady(subject, 'web-3');
    expect(othersMs).toBeLessThan(5_000);
    await expect
      .poll(async () => readyOf((await one(subject, 'web-3')) as Widget), { timeout: 5_000 })
      .toMatchObject({
        status: 'False',
        reason: 'ReconciliationFailed',
        message: expect.stringContaining("policy 'no-threes' found https://*****@git.example.com"),
      });
    const fieldSelector = 'involvedObject.name=web-3';
    const warnings = async () =>
      (await subject.client.list(events, { namespace: subject.namespace, fieldSelector, signal: within() })).items;
    await expect.poll(warnings, { timeout: 5_000 }).not.toHaveLength(0);
    for (const secret of secrets) expect(JSON.stringify([await warnings(), await subject.widgets()])).not.toContain(secret);

    untouched(webhook);
    const healedMs = await subject.converged({ timeoutMs: 20_000 });
    await annotate(
      `others were ready after ${Math.round(othersMs)} ms; the denied one ${Math.round(healedMs)} ms after it was let through`,
    );
  });

  test('that takes longer than a request may fails the object concerned alone, which heals when it is fast again', async ({ annotate }) => {
    await using at = await judged({ client: { timeoutMs: 1_000 }, concurrency: 4 });
    const { subject, webhook } = at;
    webhook.judge(({ name }) => (name?.startsWith('web-3-') ? { afterMs: 5_000 } : {}));

    await subject.createWidgets(COUNT);
    const othersMs = await untilOthersReady(subject, 'web-3');
    expect(othersMs).toBeLessThan(5_000);
    await expect.poll(async () => readyOf((await one(subject, 'web-3')) as Widget)?.status, { timeout: 5_000 }).toBe('False');

    untouched(webhook);
    const healedMs = await subject.converged({ timeoutMs: 20_000 });
    await annotate(`others were ready after ${Math.round(othersMs)} ms; the slow one ${Math.round(healedMs)} ms after it was fast again`);
  });
});
