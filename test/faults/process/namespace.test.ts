import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import { ensureNamespace, eventually } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { auditedRequests } from './audit-log.ts';
import type {} from './provided.ts';

const namespaces: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const COUNT = 20;
const within = () => AbortSignal.timeout(30_000);

/** Resolves when the namespace is no more. Throws when something holds it up. */
async function untilGone({ client, namespace }: Subject): Promise<void> {
  await eventually(
    async () => {
      const found = await client.get(namespaces, { namespace: '', name: namespace }, { signal: within() }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      if (found !== undefined) throw new Error(`the namespace is still there: ${JSON.stringify(found)}`);
    },
    { timeoutMs: 40_000, intervalMs: 100 },
  );
}

// F28: the namespace controller deletes parts and widgets in an order of its own, and the server takes nothing new meanwhile.
test('a namespace that goes in the middle of work goes for good, and one of the same name is a new one', async ({ annotate }) => {
  await using subject = await startSubject({ kubeconfigPath: inject('kubeconfigPath') });
  const { client, namespace } = subject;
  await subject.createWidgets(COUNT);
  await subject.converged();

  await subject.updateWidgets({ content: 'second' });
  const deletedAt = performance.now();
  await client.delete(namespaces, { namespace: '', name: namespace }, { signal: within() });
  await untilGone(subject);
  const goneMs = performance.now() - deletedAt;
  // Nobody is busy with what is no more.
  const requests = () => auditedRequests(inject('auditLog'), { namespace, userAgent: 'widget-controller' });
  const before = (await requests()).length;
  await delay(2_000);
  expect((await requests()).length - before).toBeLessThanOrEqual(2);

  await ensureNamespace(client, namespace, within());
  const anewAt = performance.now();
  await subject.createWidgets(COUNT, { content: 'third' });
  await subject.converged();
  await annotate(`gone after ${Math.round(goneMs)} ms; the new one converged after ${Math.round(performance.now() - anewAt)} ms`);
});
