import type { Artifact, GitRepository } from '@gotk/api';
import { expect, test } from 'vitest';
import { contentId, observationsOf } from './content.ts';

const base = { url: 'https://git.example.com/app.git', interval: '1m' } satisfies GitRepository['spec'];
const artifact: Artifact = {
  path: 'gitrepository/ns/lib/1.tar.gz',
  url: 'http://sc/gitrepository/ns/lib/1.tar.gz',
  revision: 'main@sha1:1',
  digest: 'sha256:1',
  lastUpdateTime: '2026-01-01T00:00:00Z',
  size: 1,
};
const included = [{ entry: { repository: { name: 'lib' } }, artifact }];

test('what a spec leaves out, or says nothing with, is not in the status', () => {
  const empty = { ...base, recurseSubmodules: false, include: [], sparseCheckout: [] };
  for (const spec of [base, empty]) expect(Object.values(observationsOf(spec, [])).every((value) => value === undefined)).toBe(true);
});

test('a status that was written for a spec says that nothing has changed', () => {
  const spec = { ...base, ignore: '*.md', recurseSubmodules: true, sparseCheckout: ['a'] };
  const observed = observationsOf(spec, included);
  expect(contentId(JSON.parse(JSON.stringify(observed)))).toBe(contentId(observed));
  expect(contentId({})).toBe(contentId(observationsOf(base, [])));
});

test.each([
  ['ignore', { ...base, ignore: '' }, included],
  ['submodules', { ...base, recurseSubmodules: true }, included],
  ['sparse checkout', { ...base, sparseCheckout: ['a'] }, included],
  ['nothing included', base, []],
  ['a path', base, [{ entry: { repository: { name: 'lib' }, toPath: 'vendor' }, artifact }]],
  ['another artifact', base, [{ entry: { repository: { name: 'lib' } }, artifact: { ...artifact, digest: 'sha256:2' } }]],
  ['another revision', base, [{ entry: { repository: { name: 'lib' } }, artifact: { ...artifact, revision: 'main@sha1:2' } }]],
])('another content is told from the one before by %s', (_what, spec, list) => {
  expect(contentId(observationsOf(spec, list))).not.toBe(contentId(observationsOf(base, included)));
});

test('where an included artifact is served, and since when, is no part of the content', () => {
  const moved = { ...artifact, url: 'http://elsewhere/x.tar.gz', lastUpdateTime: '2026-02-02T00:00:00Z' };
  const entry = { repository: { name: 'lib' } };
  expect(contentId(observationsOf(base, [{ entry, artifact: moved }]))).toBe(contentId(observationsOf(base, included)));
});
