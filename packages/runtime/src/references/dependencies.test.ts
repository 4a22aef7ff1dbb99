import type { KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { compileCel } from '@gotk/kstatus/cel';
import { createInformer } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import type { CelEvaluator } from '../cel/evaluator.ts';
import type { Wake } from '../controller/controller.ts';
import { Failed, Stalled, Waiting } from '../controller/outcome.ts';
import type { CommonStatus } from '../status/status.ts';
import { TaskFailed } from '../workers/task-failed.ts';
import { type Dependency, type DependencyRules, dependencies } from './dependencies.ts';

interface App extends KubeObject {
  readonly spec?: { readonly dependsOn?: readonly Dependency[] };
  readonly status?: CommonStatus;
}
const apps: Resource<App> = { group: 'example.dev', version: 'v1', kind: 'App', plural: 'apps', namespaced: true };

interface Made {
  readonly dependsOn?: readonly Dependency[];
  readonly ready?: 'True' | 'False';
  readonly observed?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly revision?: string;
}

const app = (name: string, { dependsOn = [], ready = 'True', observed = 1, annotations = {}, revision = 'r1' }: Made = {}): App => ({
  apiVersion: 'example.dev/v1',
  kind: 'App',
  metadata: { namespace: 'apps', name, generation: 1, annotations },
  spec: { dependsOn },
  status: {
    observedGeneration: observed,
    revision,
    conditions: [{ type: 'Ready', status: ready, reason: 'Succeeded', message: '', lastTransitionTime: '' }],
  },
});

/** Evaluates in place, loops and all. */
const inPlace: CelEvaluator = {
  bool: async (expression, values) => compileCel(expression, { variables: Object.keys(values), result: 'bool' }).evaluate(values),
};

async function bed(
  objects: readonly App[],
  { cel = inPlace, additive = false, crossNamespaceAllowed = true }: Partial<DependencyRules<App>> = {},
) {
  const [clock, api] = [fakeClock(), memoryApi()];
  for (const object of objects) api.put(apps, object);
  const informer = createInformer({ client: api.client, resource: apps, clock, random: () => 0, stalledAfterMs: 1e12 });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await clock.advance(0);
  const rules = dependencies<App>({
    kind: 'App',
    informer,
    dependenciesOf: ({ spec }) => spec?.dependsOn ?? [],
    lookedAt: ({ status }) => String(status?.revision),
    cel,
    additive,
    crossNamespaceAllowed,
  });
  return {
    api,
    rules,
    settle: () => clock.advance(0),
    /** How the check of an object ends. */
    async check(object: App, objection?: (dependency: App) => string | undefined): Promise<unknown> {
      const options = { signal: stop.signal, againMs: 30_000, ...(objection === undefined ? {} : { objection }) };
      return rules.check(object, options).then(
        () => 'goes on',
        (error: unknown) => error,
      );
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const db = { name: 'db' };
const web = app('web', { dependsOn: [db] });

describe('a dependant', () => {
  test('goes on when its dependency is ready at its generation', async () => {
    await using it = await bed([app('db')]);
    expect(await it.check(web)).toBe('goes on');
  });

  test.each([
    ['is not there', [], "dependency 'apps/db' not found"],
    ['is not ready', [app('db', { ready: 'False' })], "dependency 'apps/db' is not ready"],
    ['was ready before its spec changed', [app('db', { observed: 0 })], "dependency 'apps/db' is not ready"],
  ])('waits when it %s', async (_what, others, message) => {
    await using it = await bed(others);
    const outcome = await it.check(web);
    expect(outcome).toBeInstanceOf(Waiting);
    expect(outcome).toMatchObject({ message, reason: 'DependencyNotReady', againMs: 30_000 });
  });

  test('waits while the controller objects to a dependency that is ready', async () => {
    await using it = await bed([app('db')]);
    expect(await it.check(web, () => 'revision is not up to date')).toMatchObject({
      message: "dependency 'apps/db' revision is not up to date",
    });
  });

  test('finds a dependency in another namespace', async () => {
    const shared = { ...app('db'), metadata: { ...app('db').metadata, namespace: 'infra' } };
    await using it = await bed([shared]);
    expect(await it.check(app('web', { dependsOn: [{ ...db, namespace: 'infra' }] }))).toBe('goes on');
    expect(await it.check(web)).toBeInstanceOf(Waiting);
  });

  test('is refused one of another namespace where the operator forbids it, whether it is there or not', async () => {
    const shared = { ...app('db'), metadata: { ...app('db').metadata, namespace: 'infra' } };
    for (const others of [[shared], []]) {
      await using it = await bed([app('db'), ...others], { crossNamespaceAllowed: false });
      expect(await it.check(app('web', { dependsOn: [db, { ...db, namespace: 'infra', readyExpr: 'true' }] }))).toMatchObject({
        name: 'Stalled',
        reason: 'AccessDenied',
        message: "can't access 'App/infra/db', cross-namespace references have been blocked",
      });
      expect(await it.check(app('web', { dependsOn: [{ ...db, namespace: 'apps' }] }))).toBe('goes on');
    }
  });
});

describe('a dependant with a readyExpr', () => {
  const readyExpr = "dep.metadata.annotations['version'] == self.metadata.annotations['version']";
  const dependant = app('web', { dependsOn: [{ ...db, readyExpr }], annotations: { version: '2' } });

  test('goes by the expression, and by the expression alone', async () => {
    await using it = await bed([app('db', { annotations: { version: '2' }, ready: 'False' })]);
    expect(await it.check(dependant)).toBe('goes on');
  });

  test('waits while it is false, and while it has no answer', async () => {
    for (const annotations of [{ version: '1' }, {}] as const) {
      await using it = await bed([app('db', { annotations })]);
      expect(await it.check(dependant)).toMatchObject({
        name: 'Waiting',
        message: "dependency 'apps/db' is not ready according to readyExpr eval",
      });
    }
  });

  test('goes by readiness as well when the gate says so', async () => {
    await using it = await bed([app('db', { annotations: { version: '2' }, ready: 'False' })], { additive: true });
    expect(await it.check(dependant)).toMatchObject({ message: "dependency 'apps/db' is not ready" });
  });

  test('is stalled by an expression that can never be evaluated', async () => {
    await using it = await bed([app('db')]);
    const outcome = await it.check(app('web', { dependsOn: [{ ...db, readyExpr: 'self.x == deps.x' }] }));
    expect(outcome).toBeInstanceOf(Stalled);
    expect(outcome).toMatchObject({ reason: 'InvalidCELExpression', message: expect.stringContaining('Unknown variable: deps') });
  });

  test('fails by an expression that takes too long, and tries again later', async () => {
    const tooLong = new TaskFailed('evaluate CEL took longer than 5000 ms', { kind: 'deadline' });
    await using it = await bed([app('db')], { cel: { bool: () => Promise.reject(tooLong) } });
    const outcome = await it.check(dependant);
    expect(outcome).toBeInstanceOf(Failed);
    expect(outcome).toMatchObject({ reason: 'DependencyNotReady', retryMs: undefined });
  });
});

describe('a cycle', () => {
  test.each([
    ['of one', [{ name: 'web' }], 'apps/web → apps/web'],
    ['of two', [db], 'apps/web → apps/db → apps/web'],
  ])('%s is named', async (_what, dependsOn, way) => {
    await using it = await bed([app('db', { dependsOn: [{ name: 'web' }] })]);
    const outcome = await it.check(app('web', { dependsOn }));
    expect(outcome).toBeInstanceOf(Stalled);
    expect(outcome).toMatchObject({ message: `dependencies form a cycle: ${way}` });
  });

  test('that one only leads to is somebody else’s: it is waited for', async () => {
    await using it = await bed([app('a', { dependsOn: [{ name: 'b' }], ready: 'False' }), app('b', { dependsOn: [{ name: 'a' }] })]);
    expect(await it.check(app('web', { dependsOn: [{ name: 'a' }] }))).toBeInstanceOf(Waiting);
  });

  test('is not looked for in objects that break their schema', async () => {
    const broken = { ...app('db'), spec: { dependsOn: 'nonsense' } } as unknown as App;
    const worse = { ...app('cache'), spec: { dependsOn: [null, { name: 7 }, { name: 'a/b' }] } } as unknown as App;
    await using it = await bed([broken, worse, app('a')]);
    expect(await it.check(app('web', { dependsOn: [db, { name: 'cache' }] }))).toBe('goes on');
  });
});

describe('dependants are woken', () => {
  const woken = async (now: App, then: App): Promise<readonly Wake[]> => {
    await using it = await bed([now]);
    const wakes: Wake[] = [];
    using _subscription = it.rules.trigger.subscribe(
      (wake) => wakes.push(wake),
      () => undefined,
    );
    wakes.length = 0;
    it.api.put(apps, then);
    await it.settle();
    return wakes;
  };
  const before = app('db');
  const everybody = { index: 'dependency', value: 'apps/db' };

  test.each([
    ['its readiness', app('db', { ready: 'False' })],
    ['the generation that it has observed', app('db', { observed: 0 })],
    ['what dependants look at', app('db', { revision: 'r2' })],
  ])('all of them, by a change of %s', async (_what, then) => {
    expect(await woken(before, then)).toMatchObject([everybody]);
  });

  test('by anything else only those whose expression may look at it', async () => {
    expect(await woken(before, app('db', { annotations: { version: '2' } }))).toMatchObject([
      { index: 'dependency by expression', value: 'apps/db' },
    ]);
  });

  test('through indexes that hold one who has an expression in both', async () => {
    await using it = await bed([]);
    const both = app('web', { dependsOn: [db, { name: 'cache', namespace: 'infra', readyExpr: 'true' }] });
    expect(it.rules.indexes.dependency?.(both)).toEqual(['apps/db', 'infra/cache']);
    expect(it.rules.indexes['dependency by expression']?.(both)).toEqual(['infra/cache']);
  });
});

test('who waits for a dependency says with what', async () => {
  const { rules } = await bed([]);
  const eventMetadata = { revision: 'r1' };
  for (const dependant of [app('web', { dependsOn: [{ name: 'nobody' }] }), app('web', { dependsOn: [{ name: 'web' }] })])
    await expect(rules.check(dependant, { signal: AbortSignal.timeout(1_000), againMs: 1, eventMetadata })).rejects.toMatchObject({
      reason: 'DependencyNotReady',
      eventMetadata,
    });
});
