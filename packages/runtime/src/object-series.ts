import { type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import type { Series } from './series.ts';
import { conditionsOf, isSuspended } from './status.ts';

/** The series that exist for one object each: they come and go with it. */
export interface ObjectSeries {
  took(object: KubeObject, durationMs: number): void;
  observe(object: KubeObject): void;
  forget(object: KubeObject): void;
}

const STATUSES = ['True', 'False', 'Unknown'] as const;

const labelsOf = ({ kind, metadata }: KubeObject) => ({ kind, name: metadata.name, namespace: metadata.namespace ?? '' });

export function objectSeries({ duration, condition, suspended }: Series): ObjectSeries {
  // A condition that is absent now may have had a series before.
  const exported = new Map<string, readonly string[]>();

  const drop = (object: KubeObject, types: readonly string[]) => {
    for (const type of types) for (const status of STATUSES) condition.remove({ ...labelsOf(object), type, status });
  };

  return {
    took: (object, durationMs) => duration.observe(labelsOf(object), durationMs / 1000),
    observe(object) {
      const key = renderKey(keyOf(object));
      const labels = labelsOf(object);
      const conditions = conditionsOf(object);
      const types = conditions.map(({ type }) => type);
      drop(
        object,
        (exported.get(key) ?? []).filter((type) => !types.includes(type)),
      );
      exported.set(key, types);
      for (const { type, status } of conditions) {
        for (const candidate of STATUSES) condition.set({ ...labels, type, status: candidate }, candidate === status ? 1 : 0);
      }
      suspended.set(labels, isSuspended(object) ? 1 : 0);
    },
    forget(object) {
      const key = renderKey(keyOf(object));
      duration.remove(labelsOf(object));
      suspended.remove(labelsOf(object));
      drop(object, exported.get(key) ?? []);
      exported.delete(key);
    },
  };
}
