import { isRecord } from '@gotk/apimachinery';
import { eventually } from '@gotk/testkit';
import { expect, test } from 'vitest';
import type { ApplierBed } from './bed.ts';
import { configMap, configMaps } from './config-map.ts';
import { type DeadlyStep, dieAtEachWrite } from './deaths.ts';
import { ownCluster } from './own-cluster.ts';
import { onlyKeeper, twentyObjects } from './twenty-objects.ts';

const cluster = ownCluster();

const never = () => false;
const deletion: DeadlyStep = { name: 'a deletion', artifact: undefined, mayDelete: () => true };

test('F11, P1, P2, P10, P11: killed at each write of an install, an upgrade and a prune of 20 objects, nothing is lost, orphaned or made anew', {
  timeout: 1_200_000,
}, async ({ annotate }) => {
  const began = performance.now();
  const { deaths, violations, failures } = await dieAtEachWrite({
    plane: cluster.plane,
    specs: { app: {} },
    lanes: 4,
    stepsOf: async ({ bed: { artifacts, namespace } }) => [
      { name: 'an install', artifact: await artifacts.pack(twentyObjects(namespace, 'first')), mayDelete: never },
      { name: 'an upgrade', artifact: await artifacts.pack(twentyObjects(namespace, 'second')), mayDelete: never },
      { name: 'a prune', artifact: await artifacts.pack(onlyKeeper), mayDelete: ({ name }) => name !== 'keeper' },
      { ...deletion, deadly: false },
    ],
  });
  const tookS = Math.round((performance.now() - began) / 1000);
  await annotate(`${deaths} deaths survived in ${tookS} s; failed runs: ${failures.length} ${failures.slice(0, 3).join('; ')}`);
  expect(violations).toEqual([]);
  expect(deaths).toBeGreaterThan(100);
});

const HELD = {
  'held.yaml': `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } })}\n`,
  'a.yaml': configMap('a'),
  'b.yaml': configMap('b'),
};

/** Lets go of the object once it is about to be deleted, and has been held for a while. */
async function letGo({ client, namespace }: ApplierBed): Promise<void> {
  const key = { namespace, name: 'held' };
  const signal = AbortSignal.timeout(60_000);
  const isDoomed = async () => {
    const { metadata } = await client.get(configMaps, key, { signal });
    if (!isRecord(metadata) || metadata.deletionTimestamp === undefined) throw new Error('nobody has deleted it yet');
  };
  await eventually(isDoomed, { timeoutMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await client.patch(configMaps, { key, patch: { type: 'merge', body: { metadata: { finalizers: null } } } }, { signal });
}

test('F11: killed at each write of a deletion that a finalizer holds up, nothing stays behind, and nobody is held up', {
  timeout: 600_000,
}, async ({ annotate }) => {
  const { deaths, violations, failures } = await dieAtEachWrite({
    plane: cluster.plane,
    specs: { app: { deletionPolicy: 'WaitForTermination' } },
    lanes: 2,
    stepsOf: async ({ bed: { artifacts } }) => [
      { name: 'an install', artifact: await artifacts.pack(HELD), mayDelete: never, deadly: false },
      { ...deletion, meanwhile: letGo },
    ],
  });
  await annotate(`${deaths} deaths survived; failed runs: ${failures.length}`);
  expect(violations).toEqual([]);
  expect(deaths).toBeGreaterThan(6);
});

const unchangeable = (content: string) => ({
  'fixed.yaml': `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fixed' }, immutable: true, data: { content } })}\n`,
  'a.yaml': configMap('a', content),
});

test('F11: killed at each write while an object is made anew, because it must not change, it is there in the end, once', {
  timeout: 600_000,
}, async ({ annotate }) => {
  const isFixed = (text: string) => text.includes('fixed');
  const { deaths, violations, failures } = await dieAtEachWrite({
    plane: cluster.plane,
    specs: { app: { force: true } },
    lanes: 2,
    stepsOf: async ({ bed: { artifacts } }) => [
      { name: 'an install', artifact: await artifacts.pack(unchangeable('first')), mayDelete: never, deadly: false },
      {
        name: 'a replacement',
        artifact: await artifacts.pack(unchangeable('second')),
        mayDelete: ({ name }) => isFixed(name),
        mayReplace: isFixed,
      },
      { ...deletion, deadly: false },
    ],
  });
  await annotate(`${deaths} deaths survived; failed runs: ${failures.length}`);
  expect(violations).toEqual([]);
  expect(deaths).toBeGreaterThan(6);
});

test('F11: killed again and again while five Kustomizations that wait for each other are installed and upgraded, each is applied in its turn', {
  timeout: 1_200_000,
}, async ({ annotate }) => {
  const names = ['one', 'two', 'three', 'four', 'five'];
  const chain = names.map((name, index) => [
    name,
    {
      path: `./${name}`,
      dependsOn: names
        .slice(0, index)
        .slice(-1)
        .map((dependency) => ({ name: dependency })),
    },
  ]);
  const filesOf = (content: string) => Object.fromEntries(names.map((name) => [`${name}/map.yaml`, configMap(name, content)]));
  const { deaths, violations, failures } = await dieAtEachWrite({
    plane: cluster.plane,
    specs: Object.fromEntries(chain),
    lanes: 2,
    // At each write by `make crash`.
    every: process.env.GOTK_CRASH === 'whole' ? 1 : 7,
    stepsOf: async ({ bed: { artifacts } }) => [
      { name: 'an install', artifact: await artifacts.pack(filesOf('first')), mayDelete: never },
      { name: 'an upgrade', artifact: await artifacts.pack(filesOf('second')), mayDelete: never },
      { ...deletion, deadly: false },
    ],
  });
  await annotate(`${deaths} deaths survived; failed runs: ${failures.length}`);
  expect(violations).toEqual([]);
  expect(deaths).toBeGreaterThan(8);
});
