import { kustomizations } from '@gotk/api';
import { measuredUntil } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { condition, failsWith, isReady, isStalled, resources, testbed } from './testbed.ts';

test('a chain of ten dependants is ready within three seconds of the first', async () => {
  await measuredUntil((ms) => expect(ms).toBeLessThan(3_000), { attempts: 3, measure: chainMs });
});

/** Until the last of ten is ready, with a namespace of its own. */
async function chainMs(): Promise<number> {
  await using bed = await testbed();
  const files = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`${index}/cm.yaml`, configMap(`cm-${index}`, {})]));
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url });
  await bed.source('repo', isReady);
  for (let index = 9; index >= 0; index--)
    await bed.kustomization(`link-${index}`, {
      path: `./${index}`,
      ...(index === 0 ? {} : { dependsOn: [{ name: `link-${index - 1}` }] }),
    });
  const started = performance.now();
  await bed.applier('link-9', isReady);
  return performance.now() - started;
}

test('a dependant waits, says for what, and goes on when its dependency is ready', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a/cm.yaml': configMap('a', {}), 'b/cm.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('b', { path: './b', dependsOn: [{ name: 'a' }] });
  const waiting = await bed.applier('b', failsWith('DependencyNotReady'));
  expect(condition(waiting, 'Ready')?.message).toBe(`dependency '${bed.namespace}/a' not found`);
  expect(await bed.get(resources.configMap, 'b')).toBeUndefined();
  await bed.kustomization('a', { path: './a' });
  await bed.applier('b', isReady);
});

test('a readyExpr says when a dependency is ready, whatever else that one says, and is looked at whenever it may have come true', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a/cm.yaml': configMap('a', {}), 'b/cm.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('a', { path: './a', suspend: true });
  // One that is evaluated in place, and one with a loop, which is given a thread.
  const inPlace = "has(dep.metadata.annotations) && dep.metadata.annotations['app/version'] == 'v2'";
  const inThread = "has(dep.metadata.annotations) && ['v2', 'v3'].exists(v, v == dep.metadata.annotations['app/version'])";
  await bed.kustomization('b', { path: './b', dependsOn: [inPlace, inThread].map((readyExpr) => ({ name: 'a', readyExpr })) });
  const waiting = await bed.applier('b', failsWith('DependencyNotReady'));
  expect(condition(waiting, 'Ready')?.message).toBe(`dependency '${bed.namespace}/a' is not ready according to readyExpr eval`);
  await bed.merge(kustomizations, 'a', { metadata: { annotations: { 'app/version': 'v2' } } });
  await bed.applier('b', isReady);
});

test('a readyExpr that can never be evaluated stalls, and one that never ends fails without keeping others', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a/cm.yaml': configMap('a', {}), 'b/cm.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('a', { path: './a' });
  await bed.kustomization('wrong', { path: './b', dependsOn: [{ name: 'a', readyExpr: 'self.x == deps.x' }] });
  const stalled = await bed.applier('wrong', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    reason: 'InvalidCELExpression',
    message: expect.stringContaining('Unknown variable: deps'),
  });
  const ten = '[0,1,2,3,4,5,6,7,8,9]';
  const loops = 'abcdefghijkl'.split('').reduceRight((inner, name) => `${ten}.all(${name}, ${inner})`, 'true');
  await bed.kustomization('endless', { path: './b', dependsOn: [{ name: 'a', readyExpr: loops }] });
  const failed = await bed.applier('endless', failsWith('DependencyNotReady'));
  expect(condition(failed, 'Ready')?.message).toMatch(/^failed to evaluate dependency '.*': evaluate CEL took longer than 5000 ms/);
  await bed.applier('a', isReady);
});

test('a cycle of dependencies is named, and resolved by any of its members', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'a/cm.yaml': configMap('a', {}),
    'b/cm.yaml': configMap('b', {}),
    'c/cm.yaml': configMap('c', {}),
  });
  await bed.gitRepository('repo', { url: repository.url });
  for (const [name, dependency] of [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ] as const)
    await bed.kustomization(name, { path: `./${name}`, dependsOn: [{ name: dependency }] });
  const stalled = await bed.applier('a', isStalled);
  const id = (name: string) => `${bed.namespace}/${name}`;
  expect(condition(stalled, 'Ready')).toMatchObject({
    reason: 'DependencyNotReady',
    message: `dependencies form a cycle: ${id('a')} → ${id('b')} → ${id('c')} → ${id('a')}`,
  });
  await bed.merge(kustomizations, 'c', { spec: { dependsOn: null } });
  await bed.applier('a', isReady);
});

test('wait: ready means that everything applied is healthy', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'web.yaml': deployment('web', 'registry.example.com/web:1') });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { wait: true });
  const applied = await bed.applier('app', isReady);
  expect(condition(applied, 'Healthy')).toMatchObject({
    status: 'True',
    reason: 'Succeeded',
    message: expect.stringMatching(/^Health check passed in /),
  });
  expect(await bed.get(resources.deployment, 'web')).toMatchObject({ status: { readyReplicas: 1 } });
});

test('what does not become healthy in time fails the check, naming the object', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'web.yaml': deployment('web', 'registry.example.com/never-ready:1') });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', {
    timeout: '2s',
    healthChecks: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: bed.namespace }],
  });
  const failed = await bed.applier('app', failsWith('HealthCheckFailed'));
  expect(condition(failed, 'Ready')?.message).toContain(`Deployment/${bed.namespace}/web`);
  expect(condition(failed, 'Healthy')).toMatchObject({ status: 'False', reason: 'HealthCheckFailed' });
  expect(failed.status?.inventory?.entries).toHaveLength(1);
});

test('a new commit overtakes a health check that is stuck', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'web.yaml': deployment('web', 'registry.example.com/never-ready:1') });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { wait: true, timeout: '5m' });
  await bed.applier('app', (it) => condition(it, 'Reconciling')?.message.startsWith('Running health checks') === true);
  const commit = await repository.commit('better', { 'web.yaml': deployment('web', 'registry.example.com/web:2') });
  await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
});
