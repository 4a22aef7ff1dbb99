import type { GroupVersionKind, KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import type { KubeClient, ListOptions, WatchEvent, WatchOptions } from '../client.ts';
import { ApiError, NoMatch } from '../errors.ts';
import { createInformerSet } from './informer-set.ts';

const widgets: Resource<KubeObject> = { group: 'example.dev', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const gadgets: Resource<KubeObject> = { ...widgets, kind: 'Gadget', plural: 'gadgets' };
const refused = (status: number) => new ApiError('no', { status, reason: '' });

interface Shape {
  readonly kind?: string;
  readonly plural?: string;
  readonly served?: boolean;
  readonly version?: string;
  readonly established?: boolean;
  readonly deleted?: boolean;
}

function definition(resourceVersion: string, shape: Shape = {}): KubeObject {
  const { kind = 'Widget', plural = 'widgets', served = true, version = 'v1', established = true, deleted = false } = shape;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.example.dev`,
      uid: 'uid',
      resourceVersion,
      ...(deleted ? { deletionTimestamp: '2026-01-02T03:04:05Z' } : {}),
    },
    spec: { group: 'example.dev', scope: 'Namespaced', names: { kind, plural }, versions: [{ name: version, served }] },
    status: { conditions: [{ type: 'Established', status: established ? 'True' : 'False' }] },
  } as KubeObject;
}

/** A server of definitions, and of those kinds that the test says. */
function setUp() {
  const clock = fakeClock();
  const served = new Set<string>();
  const asked: string[] = [];
  const server = { definitions: [] as readonly KubeObject[], forbidden: false };
  let open: { readonly send: (event: WatchEvent<KubeObject>) => void } | undefined;
  let watching = 0;
  const client = {
    mapper: {
      forget: () => undefined,
      resourceFor: (gvk: GroupVersionKind) => Promise.reject(new NoMatch(gvk)),
      anyResourceFor: (gvk: GroupVersionKind) => Promise.reject(new NoMatch(gvk)),
    },
    list: async ({ plural }: Resource<KubeObject>, _options: ListOptions) => {
      asked.push(plural);
      if (plural === 'customresourcedefinitions') {
        if (server.forbidden) throw refused(403);
        return { items: server.definitions, resourceVersion: '10' };
      }
      if (!served.has(plural)) throw refused(404);
      return {
        items: [{ apiVersion: 'example.dev/v1', kind: 'X', metadata: { name: plural, resourceVersion: '1' } }],
        resourceVersion: '10',
      };
    },
    async *watch({ plural }: Resource<KubeObject>, { signal }: WatchOptions) {
      const events: WatchEvent<KubeObject>[] = [];
      let wake = (): void => undefined;
      if (plural === 'customresourcedefinitions') {
        watching += 1;
        open = {
          send(event) {
            events.push(event);
            wake();
          },
        };
      }
      try {
        for (;;) {
          signal.throwIfAborted();
          const event = events.shift();
          if (event !== undefined) yield event;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
              signal.addEventListener('abort', () => resolve());
            });
        }
      } finally {
        if (plural === 'customresourcedefinitions') watching -= 1;
      }
    },
  } as unknown as KubeClient;
  const errors: unknown[] = [];
  const set = createInformerSet({ client, clock, onError: (error) => errors.push(error) });
  return {
    clock,
    served,
    asked,
    server,
    errors,
    set,
    watching: () => watching,
    define: (object: KubeObject) => open?.send({ type: 'MODIFIED', object }),
    [Symbol.asyncDispose]: () => set[Symbol.asyncDispose](),
  };
}

describe('definitions', () => {
  test('are not watched while all kinds are served', async () => {
    await using bed = setUp();
    bed.served.add('widgets');
    bed.set.hold(widgets, { transform: (object) => object });
    await bed.clock.advance(60_000);
    expect(bed.asked).not.toContain('customresourcedefinitions');
  });

  test('are watched once for all kinds that are absent, and no longer than that', async () => {
    await using bed = setUp();
    bed.set.hold(widgets);
    bed.set.hold(gadgets);
    await bed.clock.advance(1_000);
    expect([bed.watching(), bed.asked.filter((plural) => plural === 'customresourcedefinitions').length]).toEqual([1, 1]);
    for (const [plural, kind, version] of [
      ['widgets', 'Widget', '11'],
      ['gadgets', 'Gadget', '12'],
    ] as const) {
      bed.served.add(plural);
      bed.define(definition(version, { plural, kind }));
      await bed.clock.advance(0);
    }
    expect(bed.set.running().map(({ served }) => served)).toEqual([true, true]);
    await bed.clock.advance(10_000);
    expect(bed.watching()).toBe(0);
  });

  test('that are there already, and say what the server does not do yet, are believed for a while', async () => {
    await using bed = setUp();
    bed.server.definitions = [definition('5')];
    const { informer } = bed.set.hold(widgets);
    await bed.clock.advance(1_000);
    expect(informer.served).toBe(false);
    bed.served.add('widgets');
    await bed.clock.advance(2_000);
    expect(informer.served).toBe(true);
  });

  test('that the server never follows make no loop', async () => {
    await using bed = setUp();
    bed.server.definitions = [definition('5')];
    bed.set.hold(widgets);
    await bed.clock.advance(3_600_000);
    expect(bed.asked.filter((plural) => plural === 'widgets').length).toBeLessThan(35);
  });

  test.each<[string, Shape]>([
    ['are not established', { established: false }],
    ['do not serve the version', { served: false }],
    ['serve another version', { version: 'v2' }],
    ['are of another kind', { kind: 'Gizmo' }],
    ['are on their way out', { deleted: true }],
  ])('that %s wake nobody', async (_what, shape) => {
    await using bed = setUp();
    bed.set.hold(widgets);
    await bed.clock.advance(0);
    const looks = bed.asked.length;
    bed.define(definition('11', shape));
    await bed.clock.advance(4_000);
    expect(bed.asked.length).toBe(looks);
  });

  test('that may not be watched are mentioned once, and asked for no more often than the kind itself', async () => {
    await using bed = setUp();
    bed.server.forbidden = true;
    const { informer } = bed.set.hold(widgets);
    await bed.clock.advance(3_600_000);
    expect(bed.errors.map((error) => (error instanceof ApiError ? error.status : error))).toEqual([expect.any(NoMatch), 403]);
    expect(bed.asked.length).toBeLessThan(40);
    bed.served.add('widgets');
    await bed.clock.advance(450_000);
    expect(informer.served).toBe(true);
  });

  test('are let go of with the set', async () => {
    const bed = setUp();
    bed.set.hold(widgets);
    await bed.clock.advance(0);
    await bed.set[Symbol.asyncDispose]();
    expect([bed.watching(), bed.clock.pending]).toEqual([0, 0]);
  });
});
