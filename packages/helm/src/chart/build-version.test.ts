import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import { type BuildRequest, buildMetadata, buildVersion, chartPath, checkChartName } from './build-version.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const git = (reconcileStrategy: 'ChartVersion' | 'Revision'): BuildRequest['source'] => ({
  kind: 'GitRepository',
  reconcileStrategy,
  revision: `main@sha1:${commit}`,
});
const bucket: BuildRequest['source'] = {
  kind: 'Bucket',
  reconcileStrategy: 'Revision',
  revision: `sha256:${'4e5cbb7b97d00a80'.repeat(4)}`,
};

test.each<[string, BuildRequest, string]>([
  ['a chart of a repository has none', { generation: 3, valuesFiles: [], source: { kind: 'HelmRepository' } }, ''],
  ['with its own values only, neither', { generation: 3, valuesFiles: ['./values.yaml'], source: { kind: 'HelmRepository' } }, ''],
  ['with values files, the generation', { generation: 3, valuesFiles: ['values.yaml', 'a.yaml'], source: { kind: 'HelmRepository' } }, '3'],
  ['by its version, none', { generation: 3, valuesFiles: [], source: git('ChartVersion') }, ''],
  ['by revision, the commit', { generation: 3, valuesFiles: [], source: git('Revision') }, '0123456789ab'],
  ['by revision with values files, both', { generation: 3, valuesFiles: ['a.yaml'], source: git('Revision') }, '0123456789ab.3'],
  ['of a bucket, its digest', { generation: 3, valuesFiles: [], source: bucket }, '4e5cbb7b97d0'],
])('%s', (_, request, expected) => {
  expect(buildMetadata(request)).toBe(expected);
});

test('the version is changed only if there is metadata', () => {
  expect(buildVersion('v1.2', '')).toBe('v1.2');
  expect(buildVersion('v1.2+old', 'abc.3')).toBe('1.2.0+abc.3');
  expect(() => buildVersion('1.2.3', 'a/b')).toThrow(HelmError);
});

describe('names of charts', () => {
  test.each(['podinfo', 'a/b', 'a/.b', 'a.b-c', '-'])('%j may be asked for', (name) => {
    expect(() => checkChartName(name)).not.toThrow();
  });

  test.each(['', 'A', '/a', 'a//b', '../a', 'a..b', '.a', 'a b', 'a_b', `${'a'.repeat(100_000)}!`])('%j may not', (name) => {
    expect(() => checkChartName(name)).toThrow(HelmError);
  });
});

test('paths of charts stay in the source', () => {
  expect(chartPath('./charts//app/')).toBe('charts/app');
  expect(chartPath('../../etc')).toBe('etc');
  expect(chartPath('.')).toBe('');
  expect(() => chartPath('/etc')).toThrow('local chart reference path is expected to be relative');
  expect(() => chartPath('')).toThrow(HelmError);
});
