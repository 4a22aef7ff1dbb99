import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectKey } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import { atRest, seededRandom } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { type Widget, widgets } from '../widget.ts';
import { auditedRequests, writesAmong } from './audit-log.ts';
import { insist, widget } from './insistent-user.ts';
import type {} from './provided.ts';

// F29: what users do to one object, in any order and at any time.
const SEEDS = Array.from({ length: 50 }, (_, index) => index + 1);
const STEPS = 6;
/** Longer than a run of the subject takes: steps fall before, into and after runs. */
const LONGEST_PAUSE_MS = 40;
const within = () => AbortSignal.timeout(20_000);

const ACTIONS = ['create', 'update', 'shrink', 'suspend', 'resume', 'delete', 'recreate'] as const;
type Action = (typeof ACTIONS)[number];

/**
 * Deletes what is there now. With preconditions: without them the API server may delete an object although a finalizer has just been added to it, and has been
 * told so (kubernetes/kubernetes#77988).
 */
async function deletePresent(client: KubeClient, key: ObjectKey): Promise<void> {
  for (;;) {
    const { uid = '', resourceVersion = '' } = (await client.get(widgets, key, { signal: within() })).metadata;
    try {
      await client.delete(widgets, key, { uid, resourceVersion, signal: within() });
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}

/** Creates it as soon as the name is free. */
async function createNext(client: KubeClient, next: Widget): Promise<void> {
  await insist(() => client.create(widgets, next, { signal: within() }), { timeoutMs: 10_000, pauseMs: 5 });
}

/** Does it, if the object is in a state that allows it: a user who comes too late or too early is told so and goes away. */
async function act({ client, namespace }: Subject, name: string, { action, step }: { readonly action: Action; readonly step: number }) {
  const key = { namespace, name };
  const next = widget(namespace, name, { content: `step-${step}` });
  const patch = (spec: Partial<Widget['spec']>) =>
    client.patch(widgets, { key, patch: { type: 'merge', body: { spec } } }, { signal: within() });
  const does: Readonly<Record<Action, () => Promise<unknown>>> = {
    create: () => client.create(widgets, next, { signal: within() }),
    update: () => patch({ content: `step-${step}`, parts: 3 }),
    shrink: () => patch({ parts: 1 }),
    suspend: () => patch({ suspend: true }),
    resume: () => patch({ suspend: false }),
    delete: () => deletePresent(client, key),
    recreate: () => deletePresent(client, key).then(() => createNext(client, next)),
  };
  await does[action]().catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}

/** What a seed stands for; the last step leaves nothing suspended, for everything to be judged by one rule. */
async function play(subject: Subject, seed: number): Promise<readonly Action[]> {
  const random = seededRandom(seed);
  const pick = (choices: readonly Action[]) => choices[Math.floor(random() * choices.length)] as Action;
  const actions: Action[] = ['create', ...Array.from({ length: STEPS }, () => pick(ACTIONS)), pick(['resume', 'delete', 'recreate'])];
  for (const [step, action] of actions.entries()) {
    await act(subject, `race-${seed}`, { action, step });
    await delay(random() * LONGEST_PAUSE_MS);
  }
  return actions;
}

test('whatever users do to an object, and when, its parts are those of what is left of it, and nobody holds it up', async ({
  annotate,
}) => {
  await using subject = await startSubject({ kubeconfigPath: inject('kubeconfigPath') });
  const played = new Map<string, readonly Action[]>(
    await Promise.all(SEEDS.map(async (seed) => [`race-${seed}`, await play(subject, seed)] as const)),
  );
  const convergedMs = await subject.converged({ timeoutMs: 20_000 }).catch((error: Error) => {
    const seeds = [...new Set(error.message.match(/race-\d+/g) ?? [])];
    throw new Error(`${error.message}\n${seeds.map((name) => `${name}: ${played.get(name)?.join(', ')}`).join('\n')}`, { cause: error });
  });
  const left = (await subject.widgets()).length;
  await annotate(`converged ${Math.round(convergedMs)} ms after the last step; ${left} of ${SEEDS.length} widgets are left`);
  expect(left).toBeGreaterThan(5);
  expect(left).toBeLessThan(SEEDS.length - 5);

  const writes = async () =>
    writesAmong(await auditedRequests(inject('auditLog'), { namespace: subject.namespace, userAgent: 'widget-controller' })).filter(
      ({ resource }) => resource !== 'events',
    );
  const before = await atRest(writes);
  await delay(500);
  expect((await writes()).slice(before.length)).toEqual([]);
});
