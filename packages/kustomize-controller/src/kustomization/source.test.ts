import type { Kustomization } from '@gotk/api';
import { renderKey } from '@gotk/apimachinery';
import { type ArtifactSource, Stalled, Waiting } from '@gotk/runtime';
import { expect, test } from 'vitest';
import { sourceIdOf, sourceOf } from './source.ts';

const artifact = {
  path: 'x',
  url: 'http://x/x',
  revision: 'main@sha1:1',
  digest: 'sha256:1',
  lastUpdateTime: '',
  metadata: { 'org.opencontainers.image.revision': 'v1' },
};

const kustomization = (sourceRef: Kustomization['spec']['sourceRef']): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name: 'web' },
  spec: { interval: '1m', prune: true, sourceRef },
});

function find(sourceRef: Kustomization['spec']['sourceRef'], status: unknown, crossNamespaceAllowed = true): unknown {
  const get = (key: { readonly namespace: string; readonly name: string }) =>
    ['apps/repo', 'infra/repo'].includes(renderKey(key)) ? ({ metadata: key, spec: {}, status } as unknown as ArtifactSource) : undefined;
  const reader = { get, list: () => [], byIndex: () => [] };
  try {
    return sourceOf(kustomization(sourceRef), {
      sources: { GitRepository: reader, OCIRepository: reader, Bucket: reader },
      crossNamespaceAllowed,
      againMs: 1,
    });
  } catch (error) {
    return error;
  }
}

test("the source is the artifact's revision, and that of its own source", () => {
  expect(find({ kind: 'GitRepository', name: 'repo' }, { artifact })).toMatchObject({ revision: 'main@sha1:1', originRevision: 'v1' });
});

test.each([
  ['that is not there', { kind: 'GitRepository', name: 'none' }, {}, "Source 'GitRepository/apps/none' not found"],
  [
    'that has no artifact yet',
    { kind: 'GitRepository', name: 'repo' },
    {},
    "Source 'GitRepository/apps/repo' is not ready, artifact not found",
  ],
] as const)('a source %s is waited for', (...[, sourceRef, status, message]) => {
  const outcome = find(sourceRef, status);
  expect(outcome).toBeInstanceOf(Waiting);
  expect(outcome).toMatchObject({ reason: 'ArtifactFailed', message });
});

test('a source of another namespace is taken unless that is forbidden', () => {
  const ref = { kind: 'GitRepository', name: 'repo', namespace: 'infra' } as const;
  expect(find(ref, { artifact })).toMatchObject({ revision: 'main@sha1:1' });
  const refused = find(ref, { artifact }, false);
  expect(refused).toBeInstanceOf(Stalled);
  expect(refused).toMatchObject({
    reason: 'AccessDenied',
    message: "can't access 'GitRepository/infra/repo', cross-namespace references have been blocked",
  });
  expect(find({ ...ref, namespace: 'apps' }, { artifact }, false)).toMatchObject({ revision: 'main@sha1:1' });
});

test.each(['OCIRepository', 'Bucket'] as const)('a source may be a %s', (kind) => {
  expect(find({ kind, name: 'repo' }, { artifact })).toMatchObject({ revision: 'main@sha1:1', originRevision: 'v1' });
});

test('a source whose kind has its feature gate off is refused, whether it is there or not', () => {
  for (const name of ['repo', 'none'])
    expect(find({ kind: 'ExternalArtifact', name }, { artifact })).toMatchObject({
      name: 'Stalled',
      reason: 'AccessDenied',
      message: `can't access 'ExternalArtifact/apps/${name}', ExternalArtifact feature gate is disabled`,
    });
});

test('a Kustomization is found by what it refers to', () => {
  expect(sourceIdOf(kustomization({ kind: 'GitRepository', name: 'repo' }))).toBe('GitRepository/apps/repo');
  expect(sourceIdOf(kustomization({ kind: 'GitRepository', name: 'repo', namespace: 'infra' }))).toBe('GitRepository/infra/repo');
});
