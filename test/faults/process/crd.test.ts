import { setTimeout as delay } from 'node:timers/promises';
import type { Unstructured } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import { type ControlPlane, customResourceDefinitions, eventually, startControlPlane } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { widgetDefinition, widgets } from '../widget.ts';
import { auditedRequests, createdTwice } from './audit-log.ts';

// F27: a control plane of its own, because others have widgets too.
let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: false, audit: 'everybody' });
});
afterAll(() => controlPlane[Symbol.asyncDispose]());

const within = () => AbortSignal.timeout(20_000);
const requestsOf = ({ namespace }: Subject) => auditedRequests(controlPlane.auditLog ?? '', { namespace, userAgent: 'widget-controller' });

async function deleteDefinition({ client }: Subject): Promise<void> {
  const key = { namespace: '', name: widgetDefinition().metadata.name };
  await client.delete(customResourceDefinitions, key, { signal: within() });
  await eventually(
    async () => {
      const found = await client.get(customResourceDefinitions, key, { signal: within() }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      if (found !== undefined) throw new Error('the CRD is still there');
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
}

const applyDefinition = ({ client }: Subject, definition: Unstructured) =>
  client.apply(customResourceDefinitions, definition, { fieldManager: 'faults-user', force: true, signal: within() });

/** The definition with one more field in the schema of `spec`. */
function upgradedDefinition(): Unstructured {
  const definition = structuredClone(widgetDefinition()) as Unstructured & {
    readonly spec: { readonly versions: { readonly schema: { readonly openAPIV3Schema: { readonly properties: SchemaOfSpec } } }[] };
  };
  for (const { schema } of definition.spec.versions) schema.openAPIV3Schema.properties.spec.properties.note = { type: 'string' };
  return definition;
}

interface SchemaOfSpec {
  readonly spec: { readonly properties: Record<string, unknown> };
}

describe('a CRD', () => {
  test('that is deleted takes its objects along, leaves the controller at rest, and may come back', async ({ annotate }) => {
    await using subject = await startSubject({ kubeconfigPath: controlPlane.kubeconfigPath });
    await subject.createWidgets(20);
    await subject.converged();

    await deleteDefinition(subject);
    expect(await subject.configMaps()).toEqual([]);
    const before = (await requestsOf(subject)).length;
    await delay(3_000);
    expect((await requestsOf(subject)).length - before).toBeLessThanOrEqual(5);

    await applyDefinition(subject, widgetDefinition());
    await eventually(() => subject.client.list(widgets, { namespace: subject.namespace, signal: within() }));
    const backAt = performance.now();
    await subject.createWidgets(20, { content: 'second' });
    await subject.converged();
    await annotate(`converged ${Math.round(performance.now() - backAt)} ms after the kind was served again`);
  });

  test('that gets a field while the controller runs costs nobody anything: what it does not know it leaves alone', async ({ annotate }) => {
    await using subject = await startSubject({ kubeconfigPath: controlPlane.kubeconfigPath });
    await subject.createWidgets(20);
    await subject.converged();

    await applyDefinition(subject, upgradedDefinition());
    const upgradedAt = performance.now();
    const body = { spec: { content: 'second', note: 'of the user' } };
    await eventually(async () => {
      const key = { namespace: subject.namespace, name: 'web-0' };
      const patched = await subject.client.patch(widgets, { key, patch: { type: 'merge', body } }, { signal: within() });
      expect(patched.spec).toMatchObject(body.spec);
    });
    await subject.updateWidgets(body.spec);
    await subject.converged();
    await annotate(`converged ${Math.round(performance.now() - upgradedAt)} ms after the CRD was changed`);
    for (const { spec } of await subject.widgets()) expect(spec).toMatchObject({ note: 'of the user' });
    expect(createdTwice(await requestsOf(subject))).toEqual([]);
  });
});
