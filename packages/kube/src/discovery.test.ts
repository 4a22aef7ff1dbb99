import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { discoveryMapper } from './discovery.ts';
import { ApiError, ConnectionError, NoMatch, ProtocolError } from './errors.ts';
import type { Transport } from './transport/transport.ts';

const { signal } = new AbortController();
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };
const served = (...kinds: readonly string[]) => ({
  resources: kinds.flatMap((kind) => [
    { name: `${kind.toLowerCase()}s`, kind, namespaced: true },
    { name: `${kind.toLowerCase()}s/status`, kind, namespaced: true },
  ]),
});

function setUp() {
  const clock = fakeClock();
  const asked: string[] = [];
  const server = { answer: (_path: string): unknown => served('Deployment') };
  const transport: Transport = {
    async call({ path }) {
      asked.push(path);
      return { status: 200, body: await server.answer(path), warnings: [] };
    },
    stream: () => {
      throw new Error('discovery does not watch');
    },
    untilAnswered: () => Promise.resolve(),
    close: () => undefined,
  };
  return { clock, asked, server, mapper: discoveryMapper(transport, clock) };
}

describe('the mapper', () => {
  test('answers with where a kind is served, and asks once for a group version', async () => {
    const { asked, mapper } = setUp();
    const expected = { ...deployment, plural: 'deployments', namespaced: true };
    expect(await mapper.resourceFor(deployment, { signal })).toEqual(expected);
    expect(await mapper.resourceFor(deployment, { signal })).toEqual(expected);
    expect(asked).toEqual(['/apis/apps/v1']);
  });

  test('many who ask at once share one question', async () => {
    const { asked, mapper } = setUp();
    await Promise.all([1, 2, 3].map(() => mapper.resourceFor(deployment, { signal })));
    expect(asked).toHaveLength(1);
  });

  test('whoever leaves takes the answer from nobody', async () => {
    const { server, mapper } = setUp();
    const answer = Promise.withResolvers<unknown>();
    server.answer = () => answer.promise;
    const stop = new AbortController();
    const left = mapper.resourceFor(deployment, { signal: stop.signal }).catch((error: unknown) => error);
    const stayed = mapper.resourceFor(deployment, { signal });
    stop.abort(new Error('overtaken'));
    expect(await left).toEqual(new Error('overtaken'));
    answer.resolve(served('Deployment'));
    expect(await stayed).toMatchObject({ plural: 'deployments' });
  });

  test('asks again for a kind that was missing, at most every two seconds', async () => {
    const { clock, asked, server, mapper } = setUp();
    const widget = { ...deployment, kind: 'Widget' };
    await mapper.resourceFor(deployment, { signal });
    await expect(mapper.resourceFor(widget, { signal })).rejects.toThrow(NoMatch);
    await clock.advance(1_999);
    server.answer = () => served('Deployment', 'Widget');
    await expect(mapper.resourceFor(widget, { signal })).rejects.toThrow(NoMatch);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await mapper.resourceFor(widget, { signal })).toMatchObject({ plural: 'widgets' });
    expect(asked).toHaveLength(2);
  });

  test('a group version that is not served has no kinds', async () => {
    const { server, mapper } = setUp();
    server.answer = () => Promise.reject(new ApiError('not found', { status: 404, reason: 'NotFound' }));
    await expect(mapper.resourceFor(deployment, { signal })).rejects.toThrow(`no matches for kind 'Deployment' in version 'apps/v1'`);
  });

  describe('whose version has gone', () => {
    const gone = { group: 'batch', version: 'v1beta1', kind: 'CronJob' };
    const group = (...versions: readonly string[]) => ({
      versions: versions.map((version) => ({ groupVersion: `batch/${version}`, version })),
      preferredVersion: { groupVersion: 'batch/v2', version: 'v2' },
    });
    const answers = (all: Readonly<Record<string, unknown>>) => (path: string) =>
      all[path] ?? Promise.reject(new ApiError('not found', { status: 404, reason: 'NotFound' }));

    test('is found in another one, first of all in that which the server prefers; to ask for the versions once is enough for many', async () => {
      const { asked, server, mapper } = setUp();
      server.answer = answers({
        '/apis/batch': group('v3', 'v2'),
        '/apis/batch/v3': served('CronJob'),
        '/apis/batch/v2': served('CronJob'),
      });
      const expected = { group: 'batch', version: 'v2', kind: 'CronJob', plural: 'cronjobs', namespaced: true };
      expect(await mapper.anyResourceFor(gone, { signal })).toEqual(expected);
      expect(await mapper.anyResourceFor({ ...gone, version: 'v1beta2' }, { signal })).toEqual(expected);
      expect(asked.filter((path) => path === '/apis/batch')).toHaveLength(1);
      await expect(mapper.resourceFor(gone, { signal })).rejects.toThrow(NoMatch);
    });

    test('and that no other version has is nowhere; versions that are new are seen after two seconds', async () => {
      const { clock, server, mapper } = setUp();
      server.answer = answers({ '/apis/batch': group('v2', 'v1beta1'), '/apis/batch/v2': served('Job') });
      await expect(mapper.anyResourceFor(gone, { signal })).rejects.toThrow(`no matches for kind 'CronJob' in version 'batch/v1beta1'`);
      server.answer = answers({ '/apis/batch': group('v2', 'v1'), '/apis/batch/v2': served('Job'), '/apis/batch/v1': served('CronJob') });
      await clock.advance(2_000);
      expect(await mapper.anyResourceFor(gone, { signal })).toMatchObject({ version: 'v1' });
      await expect(mapper.anyResourceFor({ ...gone, group: 'example.dev' }, { signal })).rejects.toThrow(NoMatch);
    });

    test('is found in the core group too, which lists names alone', async () => {
      const { server, mapper } = setUp();
      server.answer = answers({ '/api': { versions: ['v1'] }, '/api/v1': served('Pod') });
      expect(await mapper.anyResourceFor({ group: '', version: 'v1beta3', kind: 'Pod' }, { signal })).toMatchObject({ version: 'v1' });
    });

    test('is not asked for where it is served, and a failure to ask is none to be found', async () => {
      const { asked, server, mapper } = setUp();
      await mapper.anyResourceFor(deployment, { signal });
      expect(asked).toEqual(['/apis/apps/v1']);
      server.answer = (path) => (path === '/apis/batch' ? Promise.reject(new ConnectionError('reset')) : served());
      await expect(mapper.anyResourceFor(gone, { signal })).rejects.toThrow('reset');
      server.answer = answers({ '/apis/batch': group('v2'), '/apis/batch/v2': served('CronJob') });
      expect(await mapper.anyResourceFor(gone, { signal })).toMatchObject({ version: 'v2' });
    });
  });

  test('a question that failed is no answer: the next one asks again', async () => {
    const { server, mapper } = setUp();
    server.answer = () => Promise.reject(new ConnectionError('reset'));
    await expect(mapper.resourceFor(deployment, { signal })).rejects.toThrow('reset');
    server.answer = () => served('Deployment');
    expect(await mapper.resourceFor(deployment, { signal })).toMatchObject({ plural: 'deployments' });
  });

  test('forgets what it is told to', async () => {
    const { asked, mapper } = setUp();
    await mapper.resourceFor(deployment, { signal });
    mapper.forget({ group: 'apps', version: 'v1' });
    mapper.forget({ group: 'batch', version: 'v1' });
    await mapper.resourceFor(deployment, { signal });
    expect(asked).toHaveLength(2);
  });

  test.each([null, {}, { resources: [] }])('an answer without kinds has none (%j)', async (body) => {
    const { server, mapper } = setUp();
    server.answer = () => body;
    await expect(mapper.resourceFor(deployment, { signal })).rejects.toThrow(NoMatch);
  });

  test('does not remember more group versions than there can be', async () => {
    const { asked, server, mapper } = setUp();
    await mapper.resourceFor(deployment, { signal });
    server.answer = () => served();
    for (let number = 0; number < 1_000; number++)
      await expect(mapper.resourceFor({ group: `g${number}.example.dev`, version: 'v1', kind: 'X' }, { signal })).rejects.toThrow(NoMatch);
    server.answer = () => served('Deployment');
    const before = asked.length;
    await mapper.resourceFor(deployment, { signal });
    expect(asked.length).toBe(before + 1);
  });

  test('asks nothing for whoever has left, nor for a group that no path can hold', async () => {
    const { asked, mapper } = setUp();
    await expect(mapper.resourceFor(deployment, { signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late');
    await expect(mapper.resourceFor({ ...deployment, group: '../x' }, { signal })).rejects.toThrow(`cannot be the group`);
    expect(asked).toEqual([]);
  });
});

describe('a server that says what it likes', () => {
  test.each<[string, unknown]>([
    ['a text', 'v2'],
    ['no list of versions', { versions: { version: 'v2' } }],
    ['too many versions', { versions: Array(101).fill({ version: 'v2' }) }],
  ])('has no versions of a group in an answer that is %s', async (_what, answer) => {
    const { server, mapper } = setUp();
    server.answer = (path) => (path === '/apis/batch' ? answer : served());
    await expect(mapper.anyResourceFor({ group: 'batch', version: 'v1', kind: 'Job' }, { signal })).rejects.toBeInstanceOf(ProtocolError);
  });

  test('leads nowhere by the name of a version', async () => {
    const { asked, server, mapper } = setUp();
    const odd = ['../../x', '', 'v1/pods', 'x'.repeat(64), 'V1', 7, null, 'v2'].map((version) => ({ version }));
    server.answer = (path) => (path === '/apis/batch' ? { versions: odd } : served());
    await expect(mapper.anyResourceFor({ group: 'batch', version: 'v1', kind: 'Job' }, { signal })).rejects.toThrow(NoMatch);
    expect(asked).toEqual(['/apis/batch/v1', '/apis/batch', '/apis/batch/v2']);
  });

  test.each<[string, unknown]>([
    ['a text', 'resources'],
    ['no list', { resources: { name: 'x' } }],
    ['too many', { resources: Array(20_001).fill({ name: 'x', kind: 'X', namespaced: true }) }],
  ])('is told that its answer is none: %s', async (_what, answer) => {
    const { server, mapper } = setUp();
    server.answer = () => answer;
    await expect(mapper.resourceFor(deployment, { signal })).rejects.toBeInstanceOf(ProtocolError);
    server.answer = () => served('Deployment');
    expect(await mapper.resourceFor(deployment, { signal })).toMatchObject({ plural: 'deployments' });
  });

  test('is believed where it makes sense', async () => {
    const { server, mapper } = setUp();
    const odd = [
      null,
      7,
      {},
      { name: 'x', kind: 7 },
      { name: 7, kind: 'Deployment', namespaced: true },
      { name: 'x'.repeat(254), kind: 'Deployment', namespaced: true },
    ];
    server.answer = () => ({ resources: [...odd, ...served('Deployment').resources] });
    expect(await mapper.resourceFor(deployment, { signal })).toMatchObject({ plural: 'deployments' });
    server.answer = () => ({ resources: null });
    await expect(mapper.resourceFor({ ...deployment, group: 'other' }, { signal })).rejects.toBeInstanceOf(NoMatch);
  });

  test('fills no more memory than a large cluster does', async () => {
    const { asked, server, mapper } = setUp();
    server.answer = () => served(...Array.from({ length: 5_000 }, (_, index) => `Kind${index}`));
    const ask = (group: string) => mapper.resourceFor({ group, version: 'v1', kind: 'Kind0' }, { signal });
    for (const group of ['a', 'b', 'c', 'd', 'e']) await ask(group);
    asked.length = 0;
    for (const group of ['e', 'd', 'c', 'b']) await ask(group);
    expect(asked).toEqual([]);
    await ask('a');
    expect(asked).toEqual(['/apis/a/v1']);
  });
});
