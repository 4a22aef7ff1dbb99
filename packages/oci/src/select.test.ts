import { systemClock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { chartLayers, chartTag, chartVersion, resolveChartVersion } from './chart.ts';
import { digestOf } from './digest.ts';
import { type ReferenceSpec, renderRevision, resolveReference } from './select.ts';

const DIGEST = digestOf(Buffer.from('an artifact'));
const never = (): AbortSignal => new AbortController().signal;

/** A repository with these tags, which writes down what it is asked. */
function repository(tags: readonly string[] = []) {
  const asked: string[] = [];
  return {
    asked,
    async digestOf(tag: string) {
      asked.push(`digest of ${tag}`);
      return DIGEST;
    },
    async tags() {
      asked.push('tags');
      return tags;
    },
  };
}

const resolve = async (spec: ReferenceSpec, tags?: readonly string[]) => {
  const remote = repository(tags);
  const revision = renderRevision(await resolveReference(remote, spec, { signal: never(), clock: fakeClock() }));
  return { revision, asked: remote.asked };
};

describe('a reference', () => {
  test('is the tag latest without a spec', async () => {
    expect(await resolve({})).toEqual({ revision: `latest@${DIGEST}`, asked: ['digest of latest'] });
  });

  test('to a tag is that tag', async () => {
    expect(await resolve({ tag: '6.1.0', semverFilter: '.*' })).toEqual({ revision: `6.1.0@${DIGEST}`, asked: ['digest of 6.1.0'] });
  });

  test('to a range is the newest version of it, before a tag', async () => {
    const tags = ['latest', '6.0.9', 'v6.1.0', '6.1.1-rc.1', '7.0.0'];
    expect(await resolve({ semver: '6.x', tag: 'latest' }, tags)).toEqual({
      revision: `v6.1.0@${DIGEST}`,
      asked: ['tags', 'digest of v6.1.0'],
    });
  });

  test('to a digest costs nothing, before all others', async () => {
    expect(await resolve({ digest: DIGEST, semver: '6.x', tag: 'latest' })).toEqual({ revision: DIGEST, asked: [] });
  });

  test('to a range passes over tags that stand for several versions', async () => {
    expect((await resolve({ semver: '*' }, ['7', '6.2', '6.1.0', 'v8'])).revision).toBe(`6.1.0@${DIGEST}`);
  });

  test('to a range looks only at tags that the filter matches somewhere', async () => {
    const spec = { semver: '>=6.1.0-0', semverFilter: '-rc' };
    expect((await resolve(spec, ['6.1.0', '6.1.1-rc.1', '6.1.1-rc.2', '6.2.0'])).revision).toBe(`6.1.1-rc.2@${DIGEST}`);
  });

  test('that nothing matches says so', async () => {
    await expect(resolve({ semver: '>9' }, ['1.0.0', '9'])).rejects.toMatchObject({
      kind: 'no-match',
      message: 'no match found for semver: >9',
    });
    await expect(resolve({ semver: '*', semverFilter: 'x' }, ['1.0.0'])).rejects.toMatchObject({ kind: 'no-match' });
  });

  test.each<ReferenceSpec>([
    { digest: 'sha256:../../x' },
    { digest: `sha256:${'A'.repeat(64)}` },
    { tag: '../x' },
    { semver: 'not a range' },
    { semver: '*', semverFilter: '(?<=a)b' },
    { semver: '*', semverFilter: '(' },
    { semver: '*', semverFilter: 'a'.repeat(5_000) },
    { semver: '*', semverFilter: '((((a{0,30}){0,30}){0,30}){0,30}' },
    { semver: '*', semverFilter: '(?:[a-z]{1,900}[0-9]{1,900}){1,1}'.repeat(10) },
  ])('%j is refused before anything is asked', async (spec) => {
    const remote = repository(['1.0.0']);
    const options = { signal: never(), clock: fakeClock() };
    await expect(resolveReference(remote, spec, options)).rejects.toMatchObject({ kind: 'invalid' });
    expect(remote.asked).toEqual([]);
  });
});

describe('a filter', () => {
  const tags = Array.from({ length: 10_000 }, (_, count) => `1.0.${count}-${'a'.repeat(40)}`);

  test.each(['(a+)+$', '^(([a-z])+.)+$', '(a|a)*$', '^(a?){50}a{50}$'])(
    '%s costs a linear time for ten thousand tags (row 35, A26)',
    async (semverFilter) => {
      const resolving = resolveReference(repository(tags), { semver: '>=0.0.0-0', semverFilter }, { signal: never(), clock: systemClock });
      // What takes longer than two seconds is refused as invalid.
      const outcome = await resolving.then(
        () => 'found',
        ({ kind }) => kind,
      );
      expect(['found', 'no-match']).toContain(outcome);
    },
  );

  test('is given up when it takes too long', async () => {
    const clock = fakeClock();
    let elapsed = 0;
    const slow = { ...clock, monotonic: () => (elapsed += 1) };
    const remote = repository(tags);
    await expect(
      resolveReference(remote, { semver: '>=0.0.0-0', semverFilter: 'a' }, { signal: never(), clock: slow }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: 'semverFilter takes longer than 2000 ms for 10000 tags',
    });
  });

  test('gives way to others, and to the end of the run', async () => {
    const controller = new AbortController();
    let elapsed = 0;
    const slow = { ...fakeClock(), monotonic: () => (elapsed += 0.1) };
    setImmediate(() => controller.abort(new Error('superseded')));
    const resolving = resolveReference(
      repository(tags),
      { semver: '>=0.0.0-0', semverFilter: 'a' },
      { signal: controller.signal, clock: slow },
    );
    await expect(resolving).rejects.toThrow('superseded');
  });
});

describe('a chart', () => {
  const tags = ['6.1.0', '6.2.0_build.5', '6.3.0-rc.1', 'v7.0.0', '8', 'latest'];

  test('has + in its version and _ in its tag', () => {
    expect(chartTag('1.2.3+build.5')).toBe('1.2.3_build.5');
    expect(chartVersion('1.2.3_build.5')).toBe('1.2.3+build.5');
  });

  test.each([
    ['', '6.2.0+build.5'],
    ['*', '6.2.0+build.5'],
    ['6.1.x', '6.1.0'],
    ['>=6.3.0-0', '6.3.0-rc.1'],
  ])('is found by range %j', async (range, version) => {
    expect(await resolveChartVersion(repository(tags), range, never())).toBe(version);
  });

  test.each(['6.1.0', 'v6.1.0', '9.9.9+x'])('is taken at its word by version %s', async (version) => {
    const remote = repository(tags);
    expect(await resolveChartVersion(remote, version, never())).toBe(version);
    expect(remote.asked).toEqual([]);
  });

  test.each([
    ['>9', 'no-match'],
    ['no range', 'invalid'],
    ['1.0.0-../x', 'invalid'],
  ])('is not found by %j', async (range, kind) => {
    await expect(resolveChartVersion(repository(tags), range, never())).rejects.toMatchObject({ kind });
  });

  test('is one layer of its artifact, and may have a provenance', () => {
    const layer = (mediaType: string) => ({ mediaType, digest: DIGEST, size: 1, annotations: {} });
    const [archive, provenance] = ['content.v1.tar+gzip', 'provenance.v1.prov'].map((type) =>
      layer(`application/vnd.cncf.helm.chart.${type}`),
    );
    const image = { kind: 'manifest', config: layer('x'), annotations: {} } as const;
    if (archive === undefined || provenance === undefined) throw new Error('no layers');
    expect(chartLayers({ ...image, layers: [provenance, archive] })).toEqual({ chart: archive, provenance });
    expect(chartLayers({ ...image, layers: [archive] })).toEqual({ chart: archive, provenance: undefined });
    expect(() => chartLayers({ ...image, layers: [provenance] })).toThrow(expect.objectContaining({ kind: 'no-layer' }));
  });
});
