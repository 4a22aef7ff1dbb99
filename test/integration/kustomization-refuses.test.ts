import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

/** A Kustomization that has been applied well once, with `keep` in it. */
async function applied(bed: Testbed) {
  const repository = await bed.repository({ 'keep.yaml': configMap('keep', { good: 'yes' }) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  return repository;
}

test.each([
  ['invalid YAML', { 'bad.yaml': 'kind: ConfigMap\nmetadata: {name: x\n' }, 'BuildFailed', /bad\.yaml:\d+:\d+: invalid YAML/],
  [
    'an object of an unknown kind',
    { 'bad.yaml': 'apiVersion: example.com/v1\nkind: Unknown\nmetadata: { name: x }\n' },
    'ReconciliationFailed',
    /Unknown\/.*x.*no matches for kind 'Unknown'/,
  ],
  ['an invalid object among valid ones', { 'bad.yaml': configMap('UPPER_case', {}) }, 'ReconciliationFailed', /UPPER_case/],
  [
    'an object without a name',
    { 'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n' },
    'BuildFailed',
    /bad\.yaml: missing metadata\.name/,
  ],
  [
    'a resource outside of the source',
    { 'kustomization.yaml': 'resources: [keep.yaml, ../../../etc/passwd]\n' },
    'BuildFailed',
    /not in or below the root/,
  ],
  ['a resource by absolute path', { 'kustomization.yaml': 'resources: [keep.yaml, /etc/passwd]\n' }, 'BuildFailed', /absolute path/],
  [
    'a link that leads out',
    { 'kustomization.yaml': 'resources: [keep.yaml, link.yaml]\n', 'link.yaml': { linkTo: '/etc/passwd' } },
    'BuildFailed',
    /link\.yaml/,
  ],
  [
    'a kustomization that contains itself',
    { 'kustomization.yaml': 'resources: [keep.yaml, ../self]\n', 'self/kustomization.yaml': 'resources: [.]\n' },
    'BuildFailed',
    /./,
  ],
  [
    'a misspelt field',
    {
      'bad.yaml':
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: other }\nspec: { url: "http://127.0.0.1:9/x", interval: 1m, timout: 5s }\n',
    },
    'ReconciliationFailed',
    /GitRepository\/.*other.*timout/,
  ],
  [
    'a Secret that is still encrypted',
    {
      'bad.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: "ENC[AES256_GCM,data:x]" }\nsops: { mac: x }\n',
    },
    'ReconciliationFailed',
    /Secret\/.*s is SOPS encrypted, configuring decryption is required/,
  ],
  [
    'a secret that cannot be',
    { 'bad.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { password: "not base64 CANARY!" }\n' },
    'ReconciliationFailed',
    /Secret\/.*s/,
  ],
] as const)('%s fails clearly, changes nothing, and heals with the next good commit', async (...[, files, reason, message]) => {
  await using bed = await testbed();
  const repository = await applied(bed);
  await repository.commit('bad', { ...files, 'new.yaml': configMap('new', {}) });

  const failed = await bed.applier('app', failsWith(reason));
  expect(condition(failed, 'Ready')?.message).toMatch(message);
  expect(JSON.stringify(failed.status)).not.toMatch(/CANARY|root:x:0/);
  expect(failed.status?.lastAppliedRevision).not.toBe(failed.status?.lastAttemptedRevision);
  expect(await bed.get(resources.configMap, 'new')).toBeUndefined();
  expect(await bed.get(resources.configMap, 'keep')).toBeDefined();
  expect(failed.status?.inventory?.entries.map(({ id }) => id)).toContain(`${bed.namespace}_keep__ConfigMap`);
  await expect
    .poll(() => bed.events('Kustomization', 'app'), { timeout: 20_000 })
    .toContainEqual({ type: 'Warning', reason, message: expect.stringMatching(message) });

  const gone = Object.fromEntries(Object.keys(files).map((path) => [path, null]));
  const commit = await repository.commit('good', gone);
  const healed = await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect(healed.status?.inventory?.entries).toHaveLength(2);
});

test('a path that does not exist fails as an artifact that lacks it', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './nowhere' });
  // As long as the source is not there, that is what is said, for the same reason.
  const failed = await bed.applier('app', (it) => failsWith('ArtifactFailed')(it) && !messageOf(it).startsWith("Source 'GitRepository/"));
  expect(messageOf(failed)).toContain("kustomization path not found: './nowhere'");
});

test('a path that leads out of the source is refused', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: '../..' });
  const failed = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(failed, 'Ready')?.message).toContain('not in or below the root');
});

test('a source that is not there is waited for, and used when it comes', async () => {
  await using bed = await testbed();
  await bed.kustomization('app');
  const waiting = await bed.applier('app', failsWith('ArtifactFailed'));
  expect(condition(waiting, 'Ready')?.message).toBe(`Source 'GitRepository/${bed.namespace}/repo' not found`);
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.applier('app', isReady);
});

test('an object that belongs to another Kustomization which still wants it is not taken', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'one/a.yaml': configMap('shared', { by: 'one' }),
    'two/a.yaml': configMap('shared', { by: 'two' }),
  });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('one', { path: './one' });
  await bed.applier('one', isReady);
  await bed.kustomization('two', { path: './two' });
  const failed = await bed.applier('two', failsWith('ReconciliationFailed'));
  expect(condition(failed, 'Ready')?.message).toContain(`already managed by ${bed.namespace}/one`);
  expect(await bed.get(resources.configMap, 'shared')).toMatchObject({ data: { by: 'one' } });
});

test('an object that moves from one Kustomization to another ends up with the other', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'one/a.yaml': configMap('moving', { at: '1' }),
    'one/b.yaml': configMap('b', {}),
    'two/c.yaml': configMap('c', {}),
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('one', { path: './one' });
  await bed.kustomization('two', { path: './two' });
  await bed.applier('one', isReady);
  await bed.applier('two', isReady);

  const commit = await repository.commit('move', { 'one/a.yaml': null, 'two/a.yaml': configMap('moving', { at: '1' }) });
  const revision = `main@sha1:${commit}`;
  await bed.applier('one', (it) => isReady(it) && it.status?.lastAppliedRevision === revision);
  const two = await bed.applier('two', (it) => isReady(it) && it.status?.lastAppliedRevision === revision);
  expect(two.status?.inventory?.entries).toHaveLength(2);
  const moved = await bed.until(
    resources.configMap,
    'moving',
    ({ metadata }) => metadata.labels?.['kustomize.toolkit.fluxcd.io/name'] === 'two',
  );
  expect(moved.metadata.deletionTimestamp).toBeUndefined();
  expect(moved.metadata.uid).toBeDefined();
});
