import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import { indexUrl, normalizeRepositoryUrl, resolveChartUrl } from './chart-url.ts';

// What Helm 4.2.4's ResolveReferenceURL returns, but for the last one.
test.each([
  ['https://x.io/charts', 'a-1.0.0.tgz', 'https://x.io/charts/a-1.0.0.tgz'],
  ['https://x.io/charts/', 'a.tgz', 'https://x.io/charts/a.tgz'],
  ['https://x.io/charts?token=1', 'a.tgz', 'https://x.io/charts/a.tgz?token=1'],
  ['https://x.io/charts/?token=1', 'a.tgz?x=2', 'https://x.io/charts/a.tgz?token=1'],
  ['https://x.io/charts', '/a.tgz', 'https://x.io/a.tgz'],
  ['https://x.io/charts', '../../../a.tgz', 'https://x.io/a.tgz'],
  ['https://x.io/charts', 'https://y.io/a.tgz?z=1', 'https://y.io/a.tgz?z=1'],
  ['https://x.io/charts', '//y.io/a.tgz', 'https://y.io/a.tgz'],
  ['https://u:p@x.io/charts', 'a.tgz', 'https://u:p@x.io/charts/a.tgz'],
  ['https://x.io/a%2Fb', 'c d.tgz', 'https://x.io/a%2Fb/c%20d.tgz'],
  ['https://x.io/charts', 'c-1.0.0+b.tgz', 'https://x.io/charts/c-1.0.0+b.tgz'],
  ['https://x.io/charts', 'oci://y.io/a', 'oci://y.io/a'],
  ['https://x.io/charts', './a:b.tgz', 'https://x.io/charts/a:b.tgz'],
  ['https://x.io/charts#f', 'a.tgz', 'https://x.io/charts/a.tgz'],
  ['https://x.io/é', 'ü.tgz', 'https://x.io/%C3%A9/%C3%BC.tgz'],
  ['https://x.io/charts?token=1', '//y.io/a.tgz', 'https://y.io/a.tgz'],
])('%s and %s are %s', (repository, reference, expected) => {
  expect(resolveChartUrl(repository, reference)).toBe(expected);
});

test.each(['https://[', '//[', 'http://a b/'])('%j leads nowhere', (reference) => {
  expect(() => resolveChartUrl('https://x.io', reference)).toThrow(HelmError);
});

test.each([
  ['https://x.io', 'https://x.io/index.yaml'],
  ['https://x.io/charts/', 'https://x.io/charts/index.yaml'],
  ['https://x.io/charts//?token=1', 'https://x.io/charts/index.yaml?token=1'],
])('the index of %s is %s', (repository, expected) => {
  expect(indexUrl(repository)).toBe(expected);
});

describe('repositories are the same', () => {
  test.each([
    ['https://x.io/charts', 'https://x.io/charts/'],
    ['https://x.io/charts//?a=b/', 'https://x.io/charts/?a=b/'],
    ['oci://x.io/charts/', 'oci://x.io/charts'],
    ['', ''],
  ])('%j and %j', (url, expected) => {
    expect(normalizeRepositoryUrl(url)).toBe(expected);
  });

  test('whatever the slashes cost', () => {
    const spentMs = startCpuTime();
    expect(normalizeRepositoryUrl(`https://x.io/${'/'.repeat(200_000)}a`)).toMatch(/a\/$/);
    expect(spentMs()).toBeLessThan(1_000);
  });
});
