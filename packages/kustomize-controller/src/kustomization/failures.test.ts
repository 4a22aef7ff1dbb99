import type { Kustomization } from '@gotk/api';
import { DeadlineExceeded, systemClock } from '@gotk/apimachinery';
import { ArtifactError } from '@gotk/artifact';
import { UnsupportedProvider } from '@gotk/kube';
import { noSpan, ObjectLevelIdentityDisabled, type ReconcileContext, Superseded, TaskFailed } from '@gotk/runtime';
import { Unhealthy } from '@gotk/ssa';
import { expect, test } from 'vitest';
import { type Phase, phase } from './failures.ts';
import { PathNotFound } from './manifests.ts';
import type { Progress } from './progress.ts';
import { PruneIncomplete } from './prune-stale.ts';

const revision = 'main@sha1:1';
const entry = (name: string) => ({ id: `apps_${name}__ConfigMap`, v: 'v1' });

function progress(parts: Partial<Progress> = {}): Progress {
  const kustomization: Kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { namespace: 'apps', name: 'web' },
    spec: { interval: '1m', prune: true, retryInterval: '7s', sourceRef: { kind: 'GitRepository', name: 'repo' } },
  };
  return {
    kustomization,
    source: { revision, originRevision: undefined, artifact: { path: '', url: '', revision, digest: '', lastUpdateTime: '' } },
    ctx: { clock: systemClock, span: noSpan } as ReconcileContext,
    signal: new AbortController().signal,
    startedMs: 0,
    ...parts,
  };
}

const fail = (name: Phase, error: unknown, parts?: Partial<Progress>): Promise<unknown> =>
  phase(name, progress(parts), () => Promise.reject(error)).catch((thrown: unknown) => thrown);

test.each([
  ['manifests', new PathNotFound('no'), 'ArtifactFailed'],
  ['manifests', new ArtifactError('unreachable', 'no'), 'ArtifactFailed'],
  ['manifests', new ArtifactError('not-unpacked', 'no'), 'ArtifactFailed'],
  ['manifests', new TaskFailed('no', { kind: 'error', errorName: 'ArtifactError' }), 'ArtifactFailed'],
  ['manifests', new TaskFailed('no', { kind: 'error', errorName: 'BuildError' }), 'BuildFailed'],
  ['manifests', new TaskFailed('no', { kind: 'deadline' }), 'BuildFailed'],
  ['apply', new Error('no'), 'ReconciliationFailed'],
  ['prune', new PruneIncomplete({ deleted: [], lingering: [], failed: [] }), 'PruneFailed'],
  ['health', new Unhealthy('no'), 'HealthCheckFailed'],
] as const)('what goes wrong with %s has its reason (%#)', async (name, error, reason) => {
  expect(await fail(name, error)).toMatchObject({
    name: 'Failed',
    reason,
    retryMs: 7_000,
    change: { fields: { lastAttemptedRevision: revision } },
    eventMetadata: { revision },
  });
});

test('what only the operator or another provider can mend stalls', async () => {
  expect(await fail('account', new ObjectLevelIdentityDisabled())).toMatchObject({ name: 'Stalled', reason: 'FeatureGateDisabled' });
  const provider = new UnsupportedProvider("ConfigMap 'apps/prod'", 'no');
  expect(await fail('account', provider)).toMatchObject({ name: 'Stalled', reason: 'UnsupportedField' });
});

test('an artifact that its server no longer has is waited for: another is about to be named', async () => {
  expect(await fail('manifests', new ArtifactError('gone', 'no'))).toMatchObject({ name: 'Waiting', reason: 'ArtifactFailed' });
});

test('a run that was overtaken has not failed; one that ran out of time has', async () => {
  const stop = new AbortController();
  stop.abort(new Superseded('newer'));
  const error = new Error('aborted');
  expect(await fail('apply', error, { signal: stop.signal })).toBe(error);
  expect(await fail('health', stop.signal.reason)).toBe(stop.signal.reason);
  const late = new AbortController();
  late.abort(new DeadlineExceeded(5));
  expect(await fail('apply', error, { signal: late.signal })).toMatchObject({ reason: 'ReconciliationFailed' });
});

test('what could not be deleted, or is not gone yet, stays on record beside what was applied', async () => {
  const report = { deleted: [], lingering: [entry('b')], failed: [{ entry: entry('c'), message: 'forbidden' }] };
  const applied = { entries: [entry('a')], changes: [], drifted: [], watched: true, objects: [] };
  expect(await fail('prune', new PruneIncomplete(report), { applied })).toMatchObject({
    message: 'forbidden',
    change: { fields: { inventory: { entries: [entry('a'), entry('b'), entry('c')] } } },
  });
});

test('objects that are not healthy are on record, and their failure is a condition of its own', async () => {
  expect(await fail('health', new Unhealthy('Deployment/apps/web'), { inventory: [entry('a')] })).toMatchObject({
    change: {
      fields: { inventory: { entries: [entry('a')] } },
      conditions: [{ type: 'Healthy', status: 'False', reason: 'HealthCheckFailed', message: 'Deployment/apps/web' }],
    },
  });
});
