import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { startScriptedServer } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FILE_FIELDS } from '../../packages/kustomize/test/file-fields.ts';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { type OwnToolkit, startOwnToolkit } from './own-toolkit.ts';
import { createRecorder, type Recorded, type Recorder } from './recorded-process.ts';
import { condition, isReady, resources, type Testbed } from './testbed.ts';

const cluster = ownCluster();
const CANARY = `CANARY-${randomUUID()}`;
const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const GOOD = { 'good/kustomization.yaml': 'resources: [it.yaml]\n', 'good/it.yaml': configMap('it', {}) };
type Files = Parameters<Testbed['repository']>[0];

let stack: AsyncDisposableStack;
let bed: Testbed;
let toolkit: OwnToolkit;
let recorder: Recorder;
/** A file that the controller could read, and nobody's Kustomization may. */
let secret: string;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-recorded-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  secret = join(directory, 'token');
  // What each reader could make something of: an object, variables, a text.
  await writeFile(secret, `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${CANARY}\ntoken: ${CANARY}\n`);
  bed = stack.use(await cluster.testbed());
  recorder = await createRecorder(directory);
  toolkit = stack.use(
    await startOwnToolkit(cluster, {
      namespace: bed.namespace,
      applierFlags: ['--no-remote-bases', '--concurrent=8', '--min-retry-delay=1h', '--max-retry-delay=1h'],
      applierLauncher: recorder.launcher,
    }),
  );
});
afterAll(() => stack.disposeAsync());

interface Case {
  readonly field: string;
  readonly path: string;
  /** Of the directory, beside `a.yaml`. */
  readonly files: Files;
  /** Of the Kustomization. */
  readonly spec?: object;
}

/** A directory and a Kustomization for each, beside one that is well. Resolves with what was recorded once all have failed to build. */
async function built(
  source: string,
  cases: readonly Case[],
): Promise<{ readonly before: readonly Recorded[]; readonly since: readonly Recorded[] }> {
  const named = cases.map((each, index) => ({ ...each, name: `${source}-${index}` }));
  const files = named.flatMap(({ name, files: own = {} }) =>
    Object.entries({ 'a.yaml': OBJECT, ...own }).map(([path, content]) => [`${name}/${path}`, content] as const),
  );
  const repository = await bed.repository({ ...GOOD, ...Object.fromEntries(files) });
  await bed.gitRepository(source, { url: repository.url });
  const sourceRef = { kind: 'GitRepository', name: source } as const;
  await bed.kustomization(`${source}-good`, { path: './good', namePrefix: `${source}-`, sourceRef });
  await bed.applier(`${source}-good`, isReady);
  const before = await recorder.recorded();
  await Promise.all(named.map(({ name, spec }) => bed.kustomization(name, { path: `./${name}`, sourceRef, ...spec })));
  for (const { name, field, path } of named) {
    const failed = await bed.applier(
      name,
      (it) => condition(it, 'Ready') !== undefined && condition(it, 'Reconciling')?.reason !== 'Progressing',
    );
    expect(condition(failed, 'Ready'), `${field}: ${path}`).toMatchObject({ status: 'False', reason: 'BuildFailed' });
  }
  return { before, since: (await recorder.recorded()).slice(before.length) };
}

/** Everything that anybody could read of what became of all Kustomizations. */
async function allThatIsSaid(): Promise<string> {
  const [{ items: statuses }, { items: events }] = await Promise.all([
    bed.client.list(kustomizations, { namespace: bed.namespace, signal: bed.signal }),
    bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal }),
  ]);
  return JSON.stringify([statuses.map(({ status }) => status), events, await readFile(toolkit.applier.logFile, 'utf8')]);
}

const up = '../'.repeat(20);

/** Ways out of a source to a file of the machine, and to what a process knows of itself. */
const waysTo = (file: string): readonly string[] => [
  `${up}${file.slice(1)}`,
  file,
  `a/${up}${file.slice(1)}`,
  `file://${file}`,
  'link',
  'chain',
  `root${file}`,
  `./root/.${file}`,
  '/proc/self/environ',
  `${up}proc/self/environ`,
];

test('CVE-2022-24877: no field of a kustomization, and no way out of a source, leads to a file of the controller; nothing of it is said', {
  timeout: 240_000,
}, async () => {
  const links = { link: { linkTo: secret }, chain: { linkTo: 'link' }, root: { linkTo: '/' } };
  const inFiles = FILE_FIELDS.flatMap(([field, render]) =>
    waysTo(secret).map((path) => ({ field, path, files: { ...links, 'kustomization.yaml': render(JSON.stringify(path)) } })),
  );
  const inSpec = waysTo(secret).map((path) => ({ field: 'spec.components', path, files: links, spec: { components: [path] } }));
  const { before, since } = await built('files', [...inFiles, ...inSpec]);
  // The recorder sees what the threads open.
  expect(before.filter(({ what, of }) => what === 'file' && of.endsWith('/good/it.yaml')).length).toBeGreaterThan(0);
  const ours = (path: string) => path.startsWith(`${toolkit.directory}/gotk-trees-`) && !path.split('/').includes('..');
  const opened = since.filter(({ what }) => what === 'file').map(({ of }) => of);
  // A thread asks who it is, to step back behind others.
  expect([...new Set(opened.filter((path) => !ours(path)))].filter((path) => path !== '/proc/thread-self')).toEqual([]);
  expect(await allThatIsSaid()).not.toMatch(new RegExp(`${CANARY}|KUBECONFIG=|root:x:0`));
});

test('A4, CVE-2026-113708: nothing that is elsewhere is asked for: no name is looked up, no connection made, no program started', {
  timeout: 120_000,
}, async () => {
  await using server = await startScriptedServer((_request, response) => void response.end(OBJECT));
  const addresses = [
    'https://evil.example.dev/x.yaml',
    `${server.url}/x.yaml`,
    `${server.url}/x.git//y?ref=v1`,
    'github.com/o/r?ref=--upload-pack=id',
    'git::https://evil.example.dev/o/r',
    'ssh://-oProxyCommand=id/x',
    'ext::sh -c id',
  ];
  const cases = FILE_FIELDS.flatMap(([field, render]) =>
    addresses.map((path) => ({ field, path, files: { 'kustomization.yaml': render(JSON.stringify(path)) } })),
  );
  const inSpec = addresses.map((path) => ({ field: 'spec.components', path, files: {}, spec: { components: [path] } }));
  const { before, since } = await built('remote', [...cases, ...inSpec]);
  const known = new Set(before.filter(({ what }) => what === 'connection').map(({ of }) => of));
  expect(known.size).toBeGreaterThan(0);
  expect(since.filter(({ what, of }) => what === 'name' || what === 'program' || (what === 'connection' && !known.has(of)))).toEqual([]);
  expect(server.connections).toBe(0);
});
