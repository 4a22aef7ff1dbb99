import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { chartRepository, isTag, parseRepository, renderRepository } from './reference.ts';

describe('the URL of a repository', () => {
  test.each([
    ['oci://ghcr.io/stefanprodan/manifests/podinfo', 'ghcr.io/stefanprodan/manifests/podinfo'],
    ['oci://GHCR.io/org/app', 'ghcr.io/org/app'],
    ['oci://localhost/app', 'localhost/app'],
    ['oci://registry:5000/app', 'registry:5000/app'],
    ['oci://127.0.0.1:5000/a/b', '127.0.0.1:5000/a/b'],
    ['oci://[::1]:5000/a/b', '[::1]:5000/a/b'],
    ['oci://registry.flux-system.svc.cluster.local.:5000/app', undefined],
    ['oci://docker.io/org/app', 'index.docker.io/org/app'],
    ['oci://index.docker.io/app', 'index.docker.io/library/app'],
    ['oci://org/app', 'index.docker.io/org/app'],
    ['oci://app', 'index.docker.io/library/app'],
    ['oci://ghcr.io:443/org/app', 'ghcr.io:443/org/app'],
    ['oci://ghcr.io/a__b/c-d---e/f.g', 'ghcr.io/a__b/c-d---e/f.g'],
  ])('%s names %s', (url, name) => {
    if (name === undefined) expect(() => parseRepository(url)).toThrow();
    else expect(renderRepository(parseRepository(url))).toBe(name);
  });

  test.each([
    ['https://ghcr.io/org/app', "URL must be in format 'oci://<domain>/<org>/<repo>'"],
    ['oci://ghcr.io/org/app:6.1.0', "URL must not contain a tag; remove ':6.1.0'"],
    ['oci://ghcr.io/org/app@sha256:0', "URL must not contain a digest; remove '@sha256:0'"],
    ['oci://ghcr.io@evil.com/org/app', "'ghcr.io@evil.com' is not the host of a registry"],
    ['oci://user:password@ghcr.io/org/app', 'is not the host of a registry'],
    ['oci://ghcr.io:5000:1/org/app', 'is not the host of a registry'],
    ['oci://ghcr.io:99999/org/app', 'is not the host of a registry'],
    ['oci://0x7f.0.0.1/org/app', 'is not the host of a registry'],
    ['oci://127.1:80/org/app', 'is not the host of a registry'],
    ['oci://-ghcr.io/org/app', 'is not the host of a registry'],
    ['oci://ghcr.io\\evil.com/org/app', 'is not the host of a registry'],
    ['oci://ｇhcr.io/org/app', 'is not the host of a registry'],
    ['oci://ghcr.io/../_catalog', 'is not the name of a repository'],
    ['oci://ghcr.io/org/../app', 'is not the name of a repository'],
    ['oci://ghcr.io/org//app', 'is not the name of a repository'],
    ['oci://ghcr.io/org/app/', 'is not the name of a repository'],
    ['oci://ghcr.io/Org/App', 'is not the name of a repository'],
    ['oci://ghcr.io/org/app?a=b', 'is not the name of a repository'],
    ['oci://ghcr.io/org/app#x', 'is not the name of a repository'],
    ['oci://ghcr.io/org/%2e%2e', 'is not the name of a repository'],
    ['oci://ghcr.io/org/a\nb', 'is not the name of a repository'],
    ['oci://', 'is not the name of a repository'],
    [`oci://ghcr.io/${'a'.repeat(256)}`, 'longer than 255 characters'],
  ])('%j is refused', (url, message) => {
    expect(() => parseRepository(url)).toThrow(expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(message) }));
  });

  test('is refused in no time, however long', () => {
    const spentMs = startCpuTime();
    for (const url of [`oci://ghcr.io/${'a-'.repeat(100_000)}`, `oci://${'a.'.repeat(100_000)}/x`, `oci://ghcr.io/a${':'.repeat(100_000)}`])
      expect(() => parseRepository(url)).toThrow();
    expect(spentMs()).toBeLessThan(500);
  });
});

test.each([
  ['oci://ghcr.io/org/charts', 'podinfo', 'ghcr.io/org/charts/podinfo'],
  ['oci://ghcr.io/org/charts/', 'podinfo', 'ghcr.io/org/charts/podinfo'],
  ['oci://registry:5000', 'podinfo', 'registry:5000/podinfo'],
  ['oci://ghcr.io/org', 'charts/podinfo', 'ghcr.io/org/charts/podinfo'],
])('in %s, chart %s is at %s', (url, chart, name) => {
  expect(renderRepository(chartRepository(url, chart))).toBe(name);
});

test.each(['../podinfo', 'podinfo:1', 'podinfo@sha256:0', '', 'a?b'])('a chart is not called %j', (chart) => {
  expect(() => chartRepository('oci://ghcr.io/org', chart)).toThrow();
});

test('tags have a grammar', () => {
  for (const tag of ['latest', 'v1.2.3', '_a', 'A', `a${'b'.repeat(127)}`]) expect(isTag(tag)).toBe(true);
  for (const tag of ['', '.a', '-a', 'a/b', 'a:b', '../a', 'a+b', 'a b', 'é', 'a\n', `a${'b'.repeat(128)}`]) expect(isTag(tag)).toBe(false);
});
