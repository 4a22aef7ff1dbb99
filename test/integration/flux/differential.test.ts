import { type Kustomization, kustomizations } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { eventually, type TestRepository } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { condition, resources, type Testbed, testbed } from '../testbed.ts';
import { programsOf, type Whose } from './programs.ts';
import { allKustomizations, liveObject, masked, maskedValue } from './stock.ts';

/** What an observer sees of one Kustomization when it has come to rest. */
interface Seen {
  readonly objects: Readonly<Record<string, unknown>>;
  readonly inventory: readonly string[];
  readonly conditions: Readonly<Record<string, string>>;
  readonly applied: string;
  readonly attempted: string;
  readonly observed: number | undefined;
  readonly history: readonly unknown[];
  readonly events: readonly string[];
}

const configMap = (name: string, rest = 'data: { a: "1" }') => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${rest}\n`;
const never = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: never }\nspec:\n  progressDeadlineSeconds: 600\n  selector: { matchLabels: { app: never } }\n  template:\n    metadata: { labels: { app: never } }\n    spec: { containers: [{ name: app, image: "example.com/never-ready:1" }] }\n`;

interface Step {
  readonly files?: Readonly<Record<string, string | null>>;
  /** Of the Kustomization `app`. */
  readonly spec?: Partial<Kustomization['spec']>;
  /** Where it comes to rest; 'gone': it is deleted. */
  readonly until: ((app: Kustomization) => boolean) | 'gone';
}

interface Play {
  readonly steps: readonly Step[];
  /** What is told of a failure is told in own words: what people and programs branch on is compared, and no text. */
  readonly inOwnWords?: true;
  /** What of Flux's is not so here (docs/differences.md). */
  readonly here?: (theirs: Seen) => Seen;
}

const readyFor = (app: Kustomization): boolean =>
  condition(app, 'Ready')?.status === 'True' && app.status?.observedGeneration === app.metadata.generation;
const failed = (reason: string) => (app: Kustomization) =>
  condition(app, 'Ready')?.status === 'False' &&
  condition(app, 'Ready')?.reason === reason &&
  condition(app, 'Reconciling')?.reason !== 'Progressing';

const files = { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') };

const PLAYS: Readonly<Record<string, Play>> = {
  'an installation': { steps: [{ files, until: readyFor }] },
  'an installation that is waited for': { steps: [{ files, spec: { wait: true }, until: readyFor }] },
  'an upgrade that changes and prunes': {
    steps: [
      { files, until: readyFor },
      { files: { 'app/a.yaml': configMap('a', 'data: { a: "2" }'), 'app/b.yaml': null }, until: readyFor },
    ],
  },
  'a deletion': {
    steps: [{ files, until: readyFor }, { until: 'gone' }],
  },
  'a failed build': {
    inOwnWords: true,
    steps: [{ files: { 'app/kustomization.yaml': 'resources: [missing.yaml]\n' }, until: failed('BuildFailed') }],
  },
  'a failed build after a good one': {
    inOwnWords: true,
    steps: [
      { files, until: readyFor },
      { files: { 'app/kustomization.yaml': 'resources: [missing.yaml]\n' }, until: failed('BuildFailed') },
    ],
  },
  'a path that is not there': {
    inOwnWords: true,
    steps: [{ files: { 'other/a.yaml': configMap('a') }, until: failed('ArtifactFailed') }],
    here: (theirs) => ({ ...theirs, attempted: 'main@sha1:<commit>' }),
  },
  'a failed apply': {
    inOwnWords: true,
    steps: [
      { files, until: readyFor },
      {
        files: { 'app/a.yaml': configMap('a', 'data: { a: [1] }'), 'app/b.yaml': configMap('b', 'data: { b: [1] }') },
        until: failed('ReconciliationFailed'),
      },
    ],
  },
  'a failed health check': {
    inOwnWords: true,
    steps: [{ files: { 'app/a.yaml': never }, spec: { wait: true, timeout: '5s' }, until: failed('HealthCheckFailed') }],
  },
  'a dependency that is not there': {
    inOwnWords: true,
    steps: [{ files, spec: { dependsOn: [{ name: 'nobody' }] }, until: failed('DependencyNotReady') }],
  },
  'a source that is not there': {
    inOwnWords: true,
    steps: [
      {
        spec: { sourceRef: { kind: 'GitRepository', name: 'nobody' } },
        until: (app) => condition(app, 'Ready')?.reason === 'ArtifactFailed',
      },
    ],
    here: (theirs) => ({ ...theirs, events: ['Normal ArtifactFailed []'] }),
  },
};

async function see(bed: Testbed): Promise<Seen> {
  const [app] = (await allKustomizations(bed)).filter(({ metadata }) => metadata.name === 'app');
  const status = app?.status;
  const mask = (text: string) =>
    masked(text)
      .replaceAll(bed.namespace, '<ns>')
      .replaceAll(/[0-9a-f]{40}/g, '<commit>');
  const objects: Record<string, unknown> = {};
  for (const entry of status?.inventory?.entries ?? []) {
    const live = await liveObject(bed, entry);
    objects[mask(entry.id)] = JSON.parse(mask(JSON.stringify(live === undefined ? 'gone' : essence(live))));
  }
  const { items } = await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal });
  const events = (items as readonly Unstructured[])
    .filter(
      ({ involvedObject }) =>
        (involvedObject as { kind: string; name: string }).kind === 'Kustomization' && (involvedObject as { name: string }).name === 'app',
    )
    .map(({ type, reason, message, metadata, source, reportingComponent }) =>
      mask(
        `${type} ${reason} by ${(source as { component?: string }).component}/${reportingComponent}: ${message} ${JSON.stringify(Object.entries(metadata.annotations ?? {}).sort())}`,
      ),
    );
  return {
    objects,
    inventory: (status?.inventory?.entries ?? []).map(({ id, v }) => mask(`${id} ${v}`)).sort(),
    conditions: Object.fromEntries(
      (status?.conditions ?? []).map(({ type, status: is, reason, message }) => [type, mask(`${is} ${reason}: ${message}`)]),
    ),
    applied: mask(status?.lastAppliedRevision ?? ''),
    attempted: mask(status?.lastAttemptedRevision ?? ''),
    observed: status?.observedGeneration,
    history: (status?.history ?? []).map(({ lastReconciledStatus, metadata }) =>
      JSON.parse(mask(JSON.stringify([lastReconciledStatus, metadata ?? {}]))),
    ),
    events: [...new Set(events)].sort(),
  };
}

function essence({ status: _status, metadata, ...rest }: Unstructured): unknown {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, managedFields = [], ...kept } = metadata;
  const entries = managedFields.filter(({ manager }) => manager === 'kustomize-controller').map(({ time: _time, ...entry }) => entry);
  return maskedValue({ ...rest, metadata: { ...kept, managedFields: entries } });
}

async function play(whose: Whose, steps: readonly Step[]): Promise<Seen> {
  await using bed = await testbed();
  await using programs = await programsOf(bed);
  await programs.run(whose, ['--requeue-dependency=1s']);
  let repository: TestRepository | undefined;
  let spec: Partial<Kustomization['spec']> = { path: './app', retryInterval: '1h' };
  for (const { files = { README: 'x' }, spec: more = {}, until } of steps) {
    spec = { ...spec, ...more };
    if (repository === undefined) {
      repository = await bed.repository(
        Object.fromEntries(Object.entries(files).flatMap(([name, text]) => (text === null ? [] : [[name, text]]))),
      );
      await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
      await bed.source('repo', ({ status }) => status?.artifact !== undefined);
      await bed.kustomization('app', spec);
    } else await repository.commit('next', files);
    if (until === 'gone') {
      await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
      await bed.untilGone(kustomizations, 'app');
      continue;
    }
    const commit = await repository.git('rev-parse', 'HEAD');
    await eventually(
      async () => {
        const [app] = (await allKustomizations(bed)).filter(({ metadata }) => metadata.name === 'app');
        const current =
          app?.status?.lastAttemptedRevision?.endsWith(commit) === true || condition(app ?? { status: {} }, 'Ready')?.status === 'False';
        if (app === undefined || !current || !until(app)) throw new Error(JSON.stringify(app?.status, null, 1));
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return await see(bed);
}

/** Type, status and reason of conditions; type, reason and metadata of events. What is being tried again is said by Reconciling, here also while it waits. */
function withoutWords(seen: Seen): Seen {
  const { Reconciling: _progress, ...conditions } = seen.conditions;
  const briefly = (text: string) => text.replace(/:[\s\S]*$/, '');
  return {
    ...seen,
    conditions: Object.fromEntries(Object.entries(conditions).map(([type, text]) => [type, briefly(text)])),
    events: seen.events.map((event) => event.replace(/ by [\s\S]* (\[.*\])$/, ' $1')),
  };
}

test.each(Object.entries(PLAYS))('%s looks the same from outside', async (_, { steps, inOwnWords, here = (it) => it }) => {
  const compared = inOwnWords === true ? withoutWords : (it: Seen) => it;
  const theirs = compared(await play('flux', steps));
  const ours = compared(await play('ours', steps));
  expect(ours).toEqual(here(theirs));
});

test('a field that its kind does not have is dropped by both, and named here', async () => {
  const typo = { 'app/web.yaml': never.replace('spec:\n', 'spec:\n  replicass: 2\n').replace('never-ready', 'web') };
  const theirs = await play('flux', [{ files: typo, until: readyFor }]);
  const ours = await play('ours', [{ files: typo, until: readyFor }]);
  expect(ours.conditions).toEqual(theirs.conditions);
  expect(JSON.stringify(theirs)).not.toContain('replicass');
  expect(ours.events.join('\n')).toContain('replicass');
});
