import type { GroupVersionKind, KubeObject } from '@gotk/apimachinery';
import { settled } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { pod, setUp } from '../../test/informer-bed.ts';
import { ApiError, NoMatch } from '../errors.ts';
import type { InformerOptions } from './create-informer.ts';
import type { ServedKind, ServedKinds } from './served-kinds.ts';

const notFound = () => new ApiError('the server could not find the requested resource', { status: 404, reason: 'NotFound' });

/** Definitions, as the test tells of them. */
function tellingKinds() {
  const waiting: { readonly exceptBy: string | undefined; readonly tell: (kind: ServedKind) => void }[] = [];
  const kinds: ServedKinds = {
    untilServed: (_gvk, { exceptBy, signal }) =>
      new Promise((resolve) => {
        waiting.push({ exceptBy, tell: resolve });
        signal.addEventListener('abort', () => resolve(undefined));
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { kinds, waiting };
}

/** An informer of a kind that the server serves or not, as the test says. */
function bedOf(options: Partial<InformerOptions<KubeObject>> = {}) {
  const bed = setUp(options);
  const serve = (served: boolean) => {
    bed.server.list = () => {
      if (!served) throw notFound();
      return { items: [pod('a')], resourceVersion: '10' };
    };
    bed.server.onWatch = (watch) => (served ? undefined : watch.fail(notFound()));
    bed.discovery.resourceFor = (gvk: GroupVersionKind) =>
      served ? Promise.resolve({ ...gvk, plural: 'pods', namespaced: true }) : Promise.reject(new NoMatch(gvk));
  };
  return { bed, serve };
}

describe('an informer of a kind that is not served', () => {
  test('is synced and empty, knows why, and says so once', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    serve(false);
    expect([bed.informer.synced, bed.informer.served]).toEqual([false, undefined]);
    await bed.clock.advance(0);
    await bed.informer.whenSynced(AbortSignal.abort());
    expect([bed.informer.synced, bed.informer.served]).toEqual([true, false]);
    await bed.clock.advance(3_600_000);
    expect(bed.errors).toEqual([expect.any(NoMatch)]);
    expect(bed.lists.length).toBeLessThan(20);
    expect(bed.watches).toEqual([]);
  });

  test('finds it by itself in the end', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    serve(false);
    await bed.clock.advance(3_600_000);
    serve(true);
    await bed.clock.advance(300_000);
    expect([bed.informer.served, bed.seen]).toEqual([true, ['added a']]);
  });

  test('finds it at once when a definition tells of it, under the name that it has by now', async () => {
    const { kinds, waiting } = tellingKinds();
    const { bed, serve } = bedOf({ kinds });
    await using _ = bed;
    serve(false);
    await bed.clock.advance(0);
    const [first] = waiting;
    expect(first?.exceptBy).toBeUndefined();
    // Discovery may know before the path is there: that is no failure to back off from.
    bed.discovery.resourceFor = (gvk: GroupVersionKind) => Promise.resolve({ ...gvk, plural: 'peas', namespaced: true });
    first?.tell({ plural: 'peas', namespaced: true, by: 'uid/1' });
    await settled();
    // It takes the server a moment to do what the definition says.
    expect([bed.lists.length, waiting.at(-1)?.exceptBy]).toEqual([2, 'uid/1']);
    serve(true);
    await bed.clock.advance(100);
    expect([bed.informer.served, bed.seen, bed.errors.length]).toEqual([true, ['added a'], 1]);
    serve(false);
    bed.last()?.close();
    await bed.clock.advance(1_000);
    expect(bed.errors.at(-1)).toEqual(expect.any(NoMatch));
    expect(waiting.at(-1)?.exceptBy).toBeUndefined();
  });
});

describe('a kind that goes', () => {
  test('takes its objects with it, and brings them when it comes back', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    serve(true);
    await bed.clock.advance(5_000);
    serve(false);
    bed.last()?.close();
    await bed.clock.advance(0);
    expect([bed.seen, bed.informer.served, bed.errors]).toEqual([['added a', 'deleted a'], false, [expect.any(NoMatch)]]);
    serve(true);
    await bed.clock.advance(5_000);
    expect([bed.seen.at(-1), bed.informer.served]).toEqual(['added a', true]);
  });

  test('is not believed to have gone while discovery knows it', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    serve(true);
    await bed.clock.advance(5_000);
    bed.server.onWatch = (watch) => watch.fail(notFound());
    bed.last()?.close();
    await bed.clock.advance(30_000);
    expect([bed.seen, bed.informer.served]).toEqual([['added a'], true]);
    expect(bed.errors.length).toBeGreaterThan(1);
  });

  test('is not believed to have gone while nobody answers what is served', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    serve(true);
    await bed.clock.advance(5_000);
    serve(false);
    bed.discovery.resourceFor = () => Promise.reject(new ApiError('busy', { status: 503, reason: '' }));
    bed.last()?.close();
    await bed.clock.advance(30_000);
    expect([bed.seen, bed.informer.served]).toEqual([['added a'], true]);
  });

  test('is forgotten by the REST mapping', async () => {
    const { bed, serve } = bedOf();
    await using _ = bed;
    let forgotten = 0;
    bed.discovery.forget = () => {
      forgotten += 1;
    };
    serve(false);
    await bed.clock.advance(0);
    expect(forgotten).toBe(1);
  });
});
