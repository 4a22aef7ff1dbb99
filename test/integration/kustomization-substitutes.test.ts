import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kustomization, kustomizations } from '@gotk/api';
import { startControllerProcess } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { secret } from './git-manifests.ts';
import { configMap } from './manifests.ts';
import { ownCluster, ownController } from './own-controller.ts';
import { failsWith, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

type PostBuild = NonNullable<Kustomization['spec']['postBuild']>;

/** A Kustomization of these files with these variables. */
async function deployed(
  bed: Testbed,
  files: Readonly<Record<string, string>>,
  { interval = '10m', ...postBuild }: PostBuild & { readonly interval?: string },
) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { postBuild, interval });
  return repository;
}

/** A ConfigMap that wakes whoever reads it when it changes. */
const variables = (bed: Testbed, name: string, data: Readonly<Record<string, string>>) =>
  bed.apply(resources.configMap, { metadata: { name, labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } }, data });

const dataOf = async (bed: Testbed, name: string): Promise<unknown> => (await bed.get(resources.configMap, name))?.data;

test('variables come from ConfigMaps, Secrets and the spec, each of which wins over what is before it', async () => {
  await using bed = await testbed();
  await variables(bed, 'first', { a: 'first', b: 'first', c: 'first', d: 'first' });
  await secret(bed, 'second', { b: 'second', c: 'second', d: 'second\nline\n' });
  await deployed(
    bed,
    {
      'app.yaml': configMap('app', {
        a: '${a}',
        b: '${b}',
        c: '${c^^}',
        d: '${d}',
        e: '${e:=default}',
        f: '$${a} $a $(a)',
        g: 'x-${a/fir/wor}',
      }),
    },
    {
      substitute: { c: 'spec' },
      substituteFrom: [
        { kind: 'ConfigMap', name: 'first' },
        { kind: 'Secret', name: 'second' },
        { kind: 'ConfigMap', name: 'nowhere', optional: true },
        { kind: 'Secret', name: 'nowhere', optional: true },
      ],
    },
  );
  await bed.applier('app', isReady);
  expect(await dataOf(bed, 'app')).toEqual({
    ...{ a: 'first', b: 'second', c: 'SPEC', d: 'secondline', e: 'default' },
    ...{ f: '${a} $a $(a)', g: 'x-worst' },
  });
});

test('numbers and booleans are what they look like, and text in quotes that are a variable', async () => {
  await using bed = await testbed();
  const service =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: app\n  annotations: { id: "${quote}${id}${quote}" }\nspec:\n  ports: [{ port: "${port}" }]\n';
  await deployed(bed, { 'app.yaml': service }, { substitute: { id: '123', port: '8080', quote: '"' } });
  await bed.applier('app', isReady);
  const applied = await bed.get(resources.service, 'app');
  expect(applied?.metadata.annotations).toMatchObject({ id: '123' });
  expect(applied?.spec).toMatchObject({ ports: [{ port: 8080 }] });
});

test('a change of a watched ConfigMap or Secret is applied at once, validated as a whole, and its loss is told', async () => {
  await using bed = await testbed();
  await variables(bed, 'vars', { greeting: 'hello' });
  await secret(bed, 'more', { name: 'world' });
  const from: PostBuild = {
    substituteFrom: [
      { kind: 'ConfigMap', name: 'vars' },
      { kind: 'Secret', name: 'more' },
    ],
  };
  const files = { 'a.yaml': configMap('app', { it: '${greeting}, ${name}' }), 'b.yaml': configMap('other', { it: '${greeting}' }) };
  await deployed(bed, files, { ...from, interval: '1h' });
  const first = await bed.applier('app', isReady);

  await variables(bed, 'vars', { greeting: 'good day' });
  await bed.until(resources.configMap, 'app', ({ data }) => (data as { it: string }).it === 'good day, world');
  await secret(bed, 'more', { name: 'moon' });
  await bed.until(resources.configMap, 'app', ({ data }) => (data as { it: string }).it === 'good day, moon');
  const last = await bed.applier('app', (it) => isReady(it) && it.status?.history?.[0]?.digest !== first.status?.history?.[0]?.digest);
  expect(last.status?.lastAppliedRevision).toBe(first.status?.lastAppliedRevision);

  await bed.client.delete(resources.configMap, { namespace: bed.namespace, name: 'vars' }, { signal: bed.signal });
  const failed = await bed.applier('app', failsWith('BuildFailed'));
  expect(messageOf(failed)).toBe(
    `post build failed for 'ConfigMap.v1.[noGrp]/app': substitute from 'ConfigMap/vars' error: configmaps "vars" not found`,
  );
  expect(await dataOf(bed, 'other')).toEqual({ it: 'good day' });

  await variables(bed, 'vars', { greeting: 'back' });
  await bed.until(resources.configMap, 'app', ({ data }) => (data as { it: string }).it === 'back, moon');
  await bed.applier('app', isReady);
});

test('a ConfigMap that nobody watches is read at each interval', async () => {
  await using bed = await testbed();
  await bed.apply(resources.configMap, { metadata: { name: 'vars' }, data: { it: 'one' } });
  await deployed(
    bed,
    { 'app.yaml': configMap('app', { it: '${it}' }) },
    { substituteFrom: [{ kind: 'ConfigMap', name: 'vars' }], interval: '1s' },
  );
  await bed.applier('app', isReady);
  await bed.merge(resources.configMap, 'vars', { data: { it: 'two' } });
  await bed.until(resources.configMap, 'app', ({ data }) => (data as { it: string }).it === 'two');
});

const typedService =
  'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { type: "${type:=ClusterIP}", ports: [{ port: 80 }] }\n';
const substituteFromVars: PostBuild = { substituteFrom: [{ kind: 'ConfigMap', name: 'vars' }] };

test('a change of a variable is validated as a whole: one object that it spoils keeps all others as they are', async () => {
  await using bed = await testbed();
  await variables(bed, 'vars', { it: 'one' });
  await deployed(bed, { 'a.yaml': configMap('app', { it: '${it}' }), 'z.yaml': typedService }, substituteFromVars);
  await bed.applier('app', isReady);
  await variables(bed, 'vars', { it: 'two', type: 'Nonsense' });
  await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(await dataOf(bed, 'app')).toEqual({ it: 'one' });
});

test.each([
  [
    'a variable without a value',
    { it: '${missing}' },
    /variable substitution failed: variable not set \(strict mode\): "missing" in data\.it$/,
  ],
  [
    'an expression that is none',
    { it: '${a-b}' },
    /variable substitution failed: missing closing brace in the expression of variable "a" in data\.it$/,
  ],
  ['a value that breaks the YAML', { it: '${broken}' }, /invalid YAML once the value of variable "broken" is put in$/],
  ['a name that becomes a number', { it: 'x' }, /metadata\.name is no text after substitution/, '${a}'],
] as const)('%s fails the build, names the object, and heals with the next good commit', async (...[, data, message, name = 'app']) => {
  await using bed = await testbed();
  const repository = await deployed(bed, { 'app.yaml': configMap(name, data) }, { substitute: { a: '1', broken: 'a: b: CANARY' } });
  const failed = await bed.applier('app', failsWith('BuildFailed'));
  expect(messageOf(failed)).toMatch(/^post build failed for 'ConfigMap\.v1\.\[noGrp\]\/[^']+': envsubst error: /);
  expect(messageOf(failed)).toMatch(message);
  expect(messageOf(failed)).not.toContain('CANARY');
  await repository.commit('good', { 'app.yaml': configMap('app', { it: 'a${a}' }) });
  await bed.applier('app', isReady);
  expect(await dataOf(bed, 'app')).toEqual({ it: 'a1' });
});

test('objects opt out by label or annotation; nothing is substituted without a variable, unless always', async () => {
  await using bed = await testbed();
  const optingOut = (name: string, field: string) =>
    configMap(name, { it: '${it} $${it} ${' }).replace(
      'metadata:\n',
      `metadata:\n  ${field}: { kustomize.toolkit.fluxcd.io/substitute: disabled }\n`,
    );
  const files = {
    'app.yaml': configMap('app', { it: '${it:=default}' }),
    'label.yaml': optingOut('label', 'labels'),
    'annotation.yaml': optingOut('annotation', 'annotations'),
  };
  await deployed(bed, files, {});
  await bed.applier('app', isReady);
  expect(await dataOf(bed, 'app')).toEqual({ it: '${it:=default}' });
  await bed.kustomization('app', { postBuild: { substituteStrategy: 'Always' } });
  await bed.applier('app', isReady);
  await bed.until(resources.configMap, 'app', ({ data }) => (data as { it: string }).it === 'default');
  expect([await dataOf(bed, 'label'), await dataOf(bed, 'annotation')]).toEqual([{ it: '${it} $${it} ${' }, { it: '${it} $${it} ${' }]);
});

test('a value of a Secret is in no status, event or log line, whatever becomes of it', async () => {
  await using bed = await testbed();
  const canary = `violet-heron-${bed.namespace}`;
  await secret(bed, 'vars', { word: canary, spoils: `${canary}: "x: y`, half: `é${canary}`, lines: 'violet ibis\nand lark' });
  const secretManifest = (value: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: app }\nstringData: { it: "${value}" }\n`;
  const service = (type: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { type: "${type}", ports: [{ port: 80 }] }\n`;
  const from: PostBuild = { substituteFrom: [{ kind: 'Secret', name: 'vars' }] };
  const repository = await deployed(bed, { 'app.yaml': secretManifest('${word}') }, from);
  const statuses: unknown[] = [(await bed.applier('app', isReady)).status];
  const bad = [
    ['BuildFailed', { 'app.yaml': secretManifest('${spoils}') }],
    ['BuildFailed', { 'app.yaml': secretManifest('${half:1:2}') }],
    ['BuildFailed', { 'app.yaml': secretManifest('${word}${word-x}') }],
    // The API server's answer repeats it.
    ['ReconciliationFailed', { 'app.yaml': secretManifest('x'), 'web.yaml': service('${word}') }],
    // Nor what is made of it.
    ['ReconciliationFailed', { 'app.yaml': secretManifest('x'), 'web.yaml': service('${word^^}') }],
    ['ReconciliationFailed', { 'app.yaml': secretManifest('x'), 'web.yaml': service('${none:=a${word/heron/ibis}}') }],
    ['ReconciliationFailed', { 'app.yaml': secretManifest('x'), 'web.yaml': service('${lines}') }],
  ] as const;
  for (const [reason, files] of bad) {
    await repository.commit('bad', files);
    statuses.push((await bed.applier('app', failsWith(reason))).status);
    await repository.commit('good', { 'app.yaml': secretManifest('${word}'), 'web.yaml': configMap('web', {}) });
    statuses.push((await bed.applier('app', isReady)).status);
  }
  expect(
    Buffer.from(((await bed.get(resources.secret, 'app')) as { data?: { it?: string } } | undefined)?.data?.it ?? '', 'base64').toString(),
  ).toBe(canary);
  const shown = new RegExp(`${canary}|violet-ibis|violet ibis`, 'i');
  expect(JSON.stringify(statuses)).not.toMatch(shown);
  expect(JSON.stringify(statuses)).toContain('*****');
  expect(JSON.stringify(await bed.events('Kustomization', 'app'))).not.toMatch(shown);
  expect(await readFile(join(inject('directory'), 'kustomize-controller.log'), 'utf8')).not.toMatch(shown);
});

const own = ownCluster();

/** Kustomizations of the test's namespace alone, and their sources. */
async function ownControllers(bed: Testbed) {
  const stack = new AsyncDisposableStack();
  const sources = stack.use(await ownController(own, bed));
  stack.use(await sources.start());
  return {
    start: (...flags: readonly string[]) =>
      startControllerProcess({
        name: 'kustomize-controller',
        bundle: fileURLToPath(new URL('../../packages/kustomize-controller/dist/main.js', import.meta.url)),
        kubeconfig: own.kubeconfigPath,
        namespace: bed.namespace,
        logFile: sources.logFile,
        flags: ['--watch-all-namespaces=false', ...flags],
      }),
    async [Symbol.asyncDispose]() {
      // Nobody else would take the finalizer off.
      await bed.merge(kustomizations, 'app', { metadata: { finalizers: [] } });
      await stack.disposeAsync();
    },
  };
}

test('without the gate StrictPostBuildSubstitutions, a variable without a value is empty', async () => {
  await using bed = await own.testbed();
  await using controllers = await ownControllers(bed);
  await using _controller = await controllers.start('--feature-gates=StrictPostBuildSubstitutions=false');
  await deployed(bed, { 'app.yaml': configMap('app', { it: 'a${missing}b${it}' }) }, { substitute: { it: 'c' } });
  await bed.applier('app', isReady);
  expect(await dataOf(bed, 'app')).toEqual({ it: 'abc' });
});

test('what a variable spoiled while no controller ran is validated as a whole as well', async () => {
  await using bed = await own.testbed();
  await using controllers = await ownControllers(bed);
  const first = await controllers.start();
  await variables(bed, 'vars', { it: 'one' });
  await deployed(bed, { 'a.yaml': configMap('app', { it: '${it}' }), 'z.yaml': typedService }, substituteFromVars);
  await bed.applier('app', isReady);
  await first.stop();
  await variables(bed, 'vars', { it: 'two', type: 'Nonsense' });
  await using _second = await controllers.start();
  await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(await dataOf(bed, 'app')).toEqual({ it: 'one' });
});
