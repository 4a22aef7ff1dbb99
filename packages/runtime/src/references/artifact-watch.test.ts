import type { Artifact } from '@gotk/api';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createInformer } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import type { Wake } from '../controller/controller.ts';
import { type ArtifactSource, artifactWatch } from './artifact-watch.ts';

const sources: Resource<ArtifactSource> = { group: 'example.dev', version: 'v1', kind: 'Source', plural: 'sources', namespaced: true };
const artifact: Artifact = { path: 'x', url: 'http://one/x', revision: 'r1', digest: 'sha256:1', lastUpdateTime: '' };
const source = (status: object): KubeObject & { readonly status: object } => ({
  apiVersion: 'example.dev/v1',
  kind: 'Source',
  metadata: { namespace: 'apps', name: 'repo' },
  status,
});

test.each([
  ['another digest', { artifact: { ...artifact, digest: 'sha256:2' } }, true],
  ['another revision', { artifact: { ...artifact, revision: 'r2' } }, true],
  ['another address, since whoever asks at the old one asks in vain', { artifact: { ...artifact, url: 'http://two/x' } }, true],
  ['the same, made again', { artifact: { ...artifact, lastUpdateTime: 'later' } }, false],
  ['something else to say', { artifact, observedGeneration: 2 }, false],
] as const)('an artifact with %s: users are woken, and what they do with the one before is overtaken: %#', async (_what, status, woken) => {
  const [clock, api] = [fakeClock(), memoryApi()];
  api.put(sources, source({ artifact }) as ArtifactSource);
  const informer = createInformer({ client: api.client, resource: sources, clock, random: () => 0, stalledAfterMs: 1e12 });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await clock.advance(0);
  const wakes: Wake[] = [];
  using _subscription = artifactWatch(informer, { index: 'source' }).subscribe(
    (wake) => wakes.push(wake),
    (error) => expect.unreachable(String(error)),
  );
  wakes.length = 0;
  api.put(sources, source(status) as ArtifactSource);
  await clock.advance(0);
  stop.abort();
  await running;
  expect(wakes).toEqual(woken ? [{ index: 'source', value: 'Source/apps/repo', priority: 'normal', supersedes: true }] : []);
});
