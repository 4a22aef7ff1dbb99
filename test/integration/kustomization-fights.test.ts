import { kustomizations } from '@gotk/api';
import { systemClock } from '@gotk/apimachinery';
import { createInformer } from '@gotk/kube';
import { measuredUntil } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { isReady, resources, type Testbed, testbed } from './testbed.ts';

/** A program that wants something else, and answers every change at once. Counts how often it had to. */
function rival(bed: Testbed, name: string) {
  const stop = new AbortController();
  const informer = createInformer({ client: bed.client, resource: resources.configMap, clock: systemClock, namespace: bed.namespace });
  let answers = 0;
  const subscription = informer.subscribe(({ kind, object }) => {
    const { data } = object as { readonly data?: { readonly key?: string } };
    if (kind === 'deleted' || object.metadata.name !== name || data?.key !== 'git') return;
    answers += 1;
    bed.merge(resources.configMap, name, { data: { key: 'theirs' } }, 'rival').catch(() => undefined);
  });
  const running = informer.run(stop.signal);
  return {
    get answers() {
      return answers;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      subscription[Symbol.dispose]();
      await running;
    },
  };
}

async function fought(bed: Testbed, files: Readonly<Record<string, string>>, spec = {}) {
  const repository = await bed.repository({
    'it.yaml': configMap('it', { key: 'git' }),
    'other.yaml': configMap('other', { key: 'git' }),
    ...files,
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', spec);
}
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000));

test('two programs that want different things of one field do not loop: we say so, give way, and come back', async () => {
  await using bed = await testbed();
  await fought(bed, {});
  await bed.applier('app', isReady);
  {
    await using opponent = rival(bed, 'it');
    await seconds(10);
    // Five at once, then after 2, 4 and 8 seconds, beside the first one.
    expect(opponent.answers).toBeGreaterThan(5);
    expect(opponent.answers).toBeLessThanOrEqual(9);
    await expect
      .poll(() => bed.events('Kustomization', 'app'), { timeout: 10_000 })
      .toContainEqual({
        type: 'Warning',
        reason: 'DriftContested',
        message: expect.stringMatching(
          new RegExp(
            `^ConfigMap/${bed.namespace}/it was changed \\d+ times within .* after it was applied, last by 'rival': .* undone after \\d+s$`,
          ),
        ),
      });
    expect((await bed.events('Kustomization', 'app')).filter(({ reason }) => reason === 'DriftCorrected').length).toBeLessThanOrEqual(5);
    // Others are put right as ever.
    const undoneMs = async () => {
      await bed.merge(resources.configMap, 'other', { data: { key: 'tampered' } });
      const started = performance.now();
      await bed.until(resources.configMap, 'other', ({ data }) => (data as { key?: string }).key === 'git');
      return performance.now() - started;
    };
    await measuredUntil((ms) => expect(ms).toBeLessThan(1_000), { attempts: 3, measure: undoneMs });
  }
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { key?: string }).key === 'git');
});

test('a fight over one object does not keep a Kustomization from being found healthy', async () => {
  await using bed = await testbed();
  await fought(bed, { 'web.yaml': deployment('web', 'example.com/web:1') }, { wait: true, timeout: '30s' });
  await using _opponent = rival(bed, 'it');
  await bed.applier('app', isReady);
  await seconds(5);
  await bed.request(kustomizations, 'app');
  await bed.applier('app', isReady);
});
