import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import { type Chart, loadChart } from '../index.ts';
import { planDependencies, withDependencies } from './dependencies.ts';
import { isLockInSync, lockDigest } from './lock.ts';
import type { Dependency } from './metadata.ts';
import { renderChartFiles } from './package.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const chart = (name: string, lines = '', more: Readonly<Record<string, string>> = {}): Chart =>
  loadChart(
    new Map(
      Object.entries({ 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${lines}`, ...more }).map(([path, text]) => [
        path,
        new TextEncoder().encode(text),
      ]),
    ),
    { unpack: () => [] },
  );
const needing = (...dependencies: readonly Partial<Dependency>[]): Chart => chart('app', `dependencies: ${JSON.stringify(dependencies)}\n`);

describe('what is missing', () => {
  test('is fetched from indexes, registries and the source itself', () => {
    const app = needing(
      { name: 'a', version: '1.x', repository: 'https://x.io/charts' },
      { name: 'b', version: '', repository: 'oci://x.io/charts/' },
      { name: 'c', version: '*', repository: 'file://../c' },
      { name: 'd', version: '*' },
    );
    expect(planDependencies(app, 'charts/app')).toMatchObject([
      { kind: 'index', repositoryUrl: 'https://x.io/charts/', chart: 'a', range: '1.x' },
      { kind: 'oci', repositoryUrl: 'oci://x.io/charts', chart: 'b', range: '' },
      { kind: 'local', path: 'charts/c' },
      { kind: 'local', path: 'charts/app/charts/d' },
    ]);
  });

  test.each([
    ['file://../../../../etc', 'etc'],
    ['file:///abs', 'charts/app/abs'],
    ['file://..%2F..%2F..%2Fetc', 'etc'],
    ['file://sub/?x#y', 'charts/app/sub'],
  ])('%s is %s in the source, and never outside', (repository, path) => {
    expect(planDependencies(needing({ name: 'a', repository }), 'charts/app')).toMatchObject([{ kind: 'local', path }]);
  });

  test('is what charts/ does not have under its name or alias', () => {
    const app = chart('app', 'dependencies: [{name: a, repository: "https://x.io"}, {name: b, alias: c, repository: "https://x.io"}]\n', {
      'charts/a/Chart.yaml': 'name: a\nversion: 1.0.0\n',
    });
    expect(planDependencies(app, '').map(({ dependency }) => dependency.name)).toEqual(['b']);
  });

  test('is what the lock file says, where there is one', () => {
    const app = chart('app', 'dependencies: [{name: a, version: 1.x, repository: "https://x.io"}]\n', {
      'Chart.lock': 'dependencies: [{name: a, version: 1.2.3, repository: "https://x.io"}]\n',
    });
    expect(planDependencies(app, '')).toMatchObject([{ range: '1.2.3' }]);
  });

  test.each([
    ['@stable', 'aliased repository dependency is not supported: @stable'],
    ['alias:stable', 'invalid dependency repository URL: alias:stable'],
    ['ftp://u:p@x.io/charts', 'invalid dependency repository URL: ftp://x.io/charts'],
    ['https://', 'invalid dependency repository URL: https://'],
  ])('from %s cannot be had', (repository, message) => {
    expect(() => planDependencies(needing({ name: 'a', repository }), '')).toThrow(
      new HelmError('invalid-dependency', `failed to add remote dependency 'a': ${message}`),
    );
  });
});

describe('what was found', () => {
  const [missing] = planDependencies(needing({ name: 'a', version: '>=0.1.0', alias: 'b', repository: 'file://../a' }), '');

  test('is added under its alias', () => {
    const [entry] = missing === undefined ? [] : withDependencies(needing(), [[missing, chart('a')]]).dependencies;
    expect(entry?.metadata).toMatchObject({ name: 'b', version: '0.1.0' });
  });

  test.each([
    ['>=2', "can't get a valid version for constraint '>=2'"],
    ['nonsense', "invalid version/constraint format 'nonsense': 'nonsense' is not a range of versions"],
  ])('locally has to be in the range %s', (version, message) => {
    const [plan] = planDependencies(needing({ name: 'a', version, repository: 'file://../a' }), '');
    expect(() => plan && withDependencies(needing(), [[plan, chart('a')]])).toThrow(
      new HelmError('invalid-dependency', `failed to add local dependency 'a': ${message}`),
    );
  });

  test('is not packaged under an alias of a lock file that leads out of the chart', () => {
    const app = chart('app', '', { 'Chart.lock': 'dependencies: [{name: a, alias: ../../x, version: "*", repository: "file://../a"}]\n' });
    const [plan] = planDependencies(app, '');
    expect(() => plan && renderChartFiles(withDependencies(app, [[plan, chart('a')]]))).toThrow(
      'validation: chart.metadata.name "../../x" is invalid',
    );
  });
});

describe('a lock file', () => {
  // `helm dependency update` of 4.2.4 wrote it.
  const requested: Dependency = {
    name: 'sub',
    version: '>=0.1.0 <1',
    repository: 'file://../sub',
    condition: 'sub.enabled',
    tags: ['a&b'],
    'import-values': ['data', { parent: 'b', child: 'a' }],
    alias: 'other',
  };
  const locked: Dependency = { name: 'sub', repository: 'file://../sub', version: '0.2.0' };
  const lock = {
    generated: '2026-11-21T14:07:41Z',
    digest: 'sha256:8025c5ce55bd41fdc2a76649b772cfa6885115e71391e7f90b3f57ea50e5ce9f',
    dependencies: [locked],
  };

  test('belongs to the dependencies that it was made for', () => {
    expect(lockDigest({ requested: [requested], locked: [locked] }, sha256)).toBe(lock.digest);
    expect(isLockInSync(lock, [requested], sha256)).toBe(true);
    expect(isLockInSync(lock, [{ ...requested, version: '1.x' }], sha256)).toBe(false);
  });

  test("of Helm 2 does by Helm 2's way of counting", () => {
    const digest = `sha256:${sha256('{"dependencies":[{"name":"a","version":"\\u003e1","repository":""}]}')}`;
    expect(isLockInSync({ ...lock, digest }, [{ name: 'a', version: '>1', repository: '' }], sha256)).toBe(true);
  });
});
