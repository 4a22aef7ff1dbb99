import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { type AdmissionRequest, registerValidation, startWebhookServer, type Verdict } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { canariesIn, canary } from './canaries.ts';
import { condition, failsWith, isReady, resources, type Testbed, testbed } from './testbed.ts';

type Files = NonNullable<Parameters<Testbed['repository']>[0]>;
const KEPT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept }\n';

const secret = (fields: object) => JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'it' }, ...fields });
const inBase64 = (text: string) => Buffer.from(text).toString('base64');
/** As a program would have it in its message: the object, and what it holds. */
const quoting = ({ object }: AdmissionRequest): string => {
  const { data = {} } = (object ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  const plain = Object.values(data).map((value) => Buffer.from(value, 'base64').toString('utf8'));
  return `${JSON.stringify(object)} has ${plain.join(', ')}`;
};

/** Events are written behind the status that they are about. */
const untilToldOfFailure = (bed: Testbed) =>
  expect.poll(async () => (await bed.events('Kustomization', 'app')).map(({ type }) => type), { timeout: 10_000 }).toContain('Warning');

/** Everything that anybody could read of what became of a Kustomization. */
async function allThatIsSaid(bed: Testbed): Promise<Readonly<Record<string, string>>> {
  const { items: events } = await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal });
  return {
    status: JSON.stringify((await bed.get(kustomizations, 'app'))?.status),
    events: JSON.stringify(events),
    log: await readFile(join(inject('directory'), 'kustomize-controller.log'), 'utf8'),
    metrics: await (await fetch(inject('metricsUrls')['kustomize-controller'] ?? '')).text(),
  };
}

interface Refused {
  /** What Git has at first, and then. */
  readonly files: readonly [Files, Files];
  readonly spec?: object;
  readonly reason?: string;
}

const REFUSED: Readonly<Record<string, () => Refused>> = {
  'data that is not base64': () => ({ files: [{}, { 'it.yaml': secret({ data: { a: canary() } }) }] }),
  'a number for a text': () => {
    const number = 7_100_000_000 + Math.round(Math.random() * 99_999_999);
    numbers.push(String(number));
    return { files: [{}, { 'it.yaml': secret({ stringData: { a: number } }) }] };
  },
  'a map for a text': () => ({ files: [{}, { 'it.yaml': secret({ stringData: { a: { b: canary() } } }) }] }),
  'a name that no key may have': () => ({ files: [{}, { 'it.yaml': secret({ stringData: { 'a b': canary() } }) }] }),
  'a login for registries that is none': () => ({
    files: [{}, { 'it.yaml': secret({ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': canary() } }) }],
  }),
  'a change of what must not change': () => ({
    files: [
      { 'it.yaml': secret({ immutable: true, stringData: { a: canary() } }) },
      { 'it.yaml': secret({ immutable: true, stringData: { a: canary() } }) },
    ],
  }),
  'a change of its type': () => ({
    files: [
      { 'it.yaml': secret({ type: 'Opaque', stringData: { username: canary(), password: canary() } }) },
      { 'it.yaml': secret({ type: 'kubernetes.io/basic-auth', stringData: { username: canary(), password: canary() } }) },
    ],
  }),
  'more than a Secret may hold': () => ({ files: [{}, { 'it.yaml': secret({ stringData: { a: canary().repeat(45_000) } }) }] }),
};
const numbers: string[] = [];

test.each(Object.entries(REFUSED))(
  'row 13 (CVE-2026-42880): a Secret with %s is refused without a word of what it holds',
  async (_what, make) => {
    await using bed = await testbed();
    const { files, spec = {} } = make();
    const repository = await bed.repository({ 'kept.yaml': KEPT, ...files[0] });
    await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
    await bed.kustomization('app', spec);
    await bed.applier('app', isReady);
    await repository.commit('then', files[1]);
    const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
    expect(JSON.stringify(failed.status)).toContain(`Secret/${bed.namespace}/it `);
    await untilToldOfFailure(bed);
    const said = await allThatIsSaid(bed);
    expect(canariesIn(said)).toEqual([]);
    for (const number of numbers) expect(Object.values(said).join(' ')).not.toContain(number);
  },
);

test('row 13 (CVE-2026-42880): a field that a Secret does not have is left out without a word of what it holds', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'it.yaml': secret({ datum: { a: canary() }, stringData: { a: canary() } }) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const told = `Secret/${bed.namespace}/it created without what its kind does not have: .datum`;
  await expect
    .poll(async () => (await bed.events('Kustomization', 'app')).map(({ message }) => message), { timeout: 10_000 })
    .toContain(told);
  expect(canariesIn(await allThatIsSaid(bed))).toEqual([]);
});

const VERDICTS: Readonly<
  Record<string, { readonly on: readonly AdmissionRequest['operation'][]; judge(request: AdmissionRequest): Verdict }>
> = {
  'denies with a message': { on: ['CREATE', 'UPDATE'], judge: (request) => ({ deny: `no: ${quoting(request)}` }) },
  'denies with a reason': { on: ['CREATE', 'UPDATE'], judge: (request) => ({ deny: 'no', reason: quoting(request) }) },
  'denies with causes': {
    on: ['CREATE', 'UPDATE'],
    judge: (request) => {
      const text = quoting(request);
      return {
        deny: text,
        causes: [
          { field: text, reason: text, message: text },
          { field: 'data[a]', reason: 'FieldValueForbidden', message: text },
        ],
      };
    },
  },
  'denies the deletion': {
    on: ['DELETE'],
    judge: (request) => ({ deny: `no: ${quoting(request)} ${known.join(' ')} ${known.map(inBase64).join(' ')}` }),
  },
  'lets it pass with a warning': {
    on: ['CREATE', 'UPDATE'],
    judge: (request) => ({ warnings: [`hm: ${quoting(request)}`.slice(0, 200), quoting(request).slice(-120)] }),
  },
};
const known: string[] = [];

test.each(Object.entries(VERDICTS))(
  'row 13 (CVE-2026-42880): a webhook that quotes a Secret when it %s is not quoted',
  async (_what, { on, judge }) => {
    await using bed = await testbed();
    await using server = await startWebhookServer();
    const { namespace } = bed;
    const value = canary();
    known.splice(0, known.length, value);
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': secret({ stringData: { a: value } }) };
    const manifest = secret({ metadata: { name: 'it', annotations }, stringData: { a: value } });
    const repository = await bed.repository(on[0] === 'DELETE' ? { 'kept.yaml': KEPT, 'it.yaml': manifest } : { 'kept.yaml': KEPT });
    await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
    await bed.kustomization('app', { retryInterval: '1s' });
    await bed.applier('app', isReady);

    const { secret: resource } = resources;
    await using _registered = await registerValidation(bed.client, namespace, { server, namespace, resource, timeoutSeconds: 5 });
    await expect
      .poll(() => bed.apply(resource, { metadata: { name: 'probe' }, stringData: { at: `${Date.now()}` } }).then(() => server.asked), {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    let told = 0;
    server.judge((request) => {
      if (request.name !== 'it' || !on.includes(request.operation)) return {};
      told += 1;
      return judge(request);
    });
    const revision = `main@sha1:${await repository.commit('then', { 'it.yaml': on[0] === 'DELETE' ? null : manifest })}`;
    const ended = await bed.applier(
      'app',
      (it) => (isReady(it) && it.status?.lastAppliedRevision === revision) || condition(it, 'Ready')?.status === 'False',
    );
    expect(told).toBeGreaterThan(0);
    if (!isReady(ended)) await untilToldOfFailure(bed);
    expect(canariesIn(await allThatIsSaid(bed))).toEqual([]);
  },
);
