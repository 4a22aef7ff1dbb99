import type { KubeObject } from '@gotk/apimachinery';
import type { Informer } from '@gotk/kube';

/** Resolves with the first object of the informer, present or to come, that satisfies the predicate. Rejects after `timeoutMs`, saying what it waited for. */
export function until<T extends KubeObject>(
  informer: Informer<T>,
  predicate: (object: T) => boolean,
  { what, timeoutMs = 60_000 }: { readonly what: string; readonly timeoutMs?: number },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      // The handler may fire inside subscribe, before the subscription has a name.
      queueMicrotask(() => subscription[Symbol.dispose]());
      settle();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`waited ${timeoutMs / 1000} s for ${what}`))), timeoutMs);
    const subscription = informer.subscribe((delta) => {
      if (delta.kind !== 'deleted' && predicate(delta.object)) finish(() => resolve(delta.object));
    });
  });
}

/** Resolves when the named object is gone from the cache. */
export function untilGone<T extends KubeObject>(
  informer: Informer<T>,
  { namespace, name, timeoutMs = 60_000 }: { readonly namespace: string; readonly name: string; readonly timeoutMs?: number },
): Promise<void> {
  if (informer.get({ namespace, name }) === undefined) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      queueMicrotask(() => subscription[Symbol.dispose]());
      settle();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`${name} was still there after ${timeoutMs / 1000} s`))), timeoutMs);
    const subscription = informer.subscribe((delta) => {
      if (delta.kind === 'deleted' && delta.object.metadata.name === name) finish(resolve);
    });
  });
}
