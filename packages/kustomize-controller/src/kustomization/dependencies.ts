import { type Dependency, type Kustomization, Reason } from '@gotk/api';
import { renderKey } from '@gotk/apimachinery';
import type { Delta, Reader } from '@gotk/kube';
import { Stalled, Waiting } from '@gotk/runtime';
import { type Source, sourceId } from './source.ts';

/** Under which a Kustomization is found by what it depends on. */
export const dependencyIds = ({ spec, metadata }: Kustomization): readonly string[] =>
  (spec.dependsOn ?? []).map((dependency) => renderKey(keyOf(dependency, metadata.namespace)));

export interface DependencyOptions {
  readonly kustomizations: Reader<Kustomization>;
  readonly source: Source;
  readonly againMs: number;
}

/** Returns when every dependency is ready. Throws `Waiting` for the first that is not, `Stalled` for a cycle: it would wait for ever. */
export function checkDependencies(kustomization: Kustomization, { kustomizations, source, againMs }: DependencyOptions): void {
  const cycle = cycleThrough(kustomization, kustomizations);
  if (cycle !== undefined)
    throw new Stalled({ reason: Reason.DependencyNotReady, message: `dependencies form a cycle: ${cycle.join(' → ')}` });
  for (const dependency of kustomization.spec.dependsOn ?? []) {
    const key = keyOf(dependency, kustomization.metadata.namespace);
    const problem = problemWith(kustomizations.get(key), kustomization, source);
    if (problem !== undefined)
      throw new Waiting({ reason: Reason.DependencyNotReady, message: `dependency '${renderKey(key)}' ${problem}`, againMs });
  }
}

function problemWith(dependency: Kustomization | undefined, dependant: Kustomization, { revision }: Source): string | undefined {
  if (dependency === undefined) return 'not found';
  if (!isReady(dependency)) return 'is not ready';
  // What it was last ready with is not what this one is about to be applied from.
  const sameSource = sourceId(dependency) === sourceId(dependant);
  return sameSource && dependency.status?.lastAppliedRevision !== revision ? 'revision is not up to date' : undefined;
}

const readyOf = ({ status }: Kustomization) => status?.conditions?.find(({ type }) => type === 'Ready');

const isReady = (kustomization: Kustomization): boolean =>
  kustomization.status?.observedGeneration === kustomization.metadata.generation && readyOf(kustomization)?.status === 'True';

/** Whether a change of a Kustomization can matter to those that depend on it. */
export function concernsDependants(delta: Delta<Kustomization>): boolean {
  if (delta.kind !== 'updated') return true;
  const [old, now] = [delta.old, delta.object];
  return (
    old.metadata.generation !== now.metadata.generation ||
    old.status?.lastAppliedRevision !== now.status?.lastAppliedRevision ||
    isReady(old) !== isReady(now) ||
    readyOf(old)?.reason !== readyOf(now)?.reason
  );
}

const keyOf = ({ name, namespace }: Dependency, own: string | undefined) => ({ namespace: namespace ?? own ?? '', name });

const MAX_VISITED = 10_000;

/** The way from an object back to itself along dependencies, by names; undefined when there is none. */
function cycleThrough(start: Kustomization, kustomizations: Reader<Kustomization>): readonly string[] | undefined {
  const name = renderKey({ namespace: start.metadata.namespace ?? '', name: start.metadata.name });
  const cameFrom = new Map<string, string>();
  const open = [{ id: name, object: start as Kustomization | undefined }];
  for (let next = open.pop(); next !== undefined && cameFrom.size < MAX_VISITED; next = open.pop()) {
    const { id, object } = next;
    for (const dependency of dependenciesOf(object)) {
      const key = keyOf(dependency, object?.metadata.namespace);
      const text = renderKey(key);
      if (text === name) return [...wayTo(id, cameFrom), name];
      if (cameFrom.has(text)) continue;
      cameFrom.set(text, id);
      open.push({ id: text, object: kustomizations.get(key) });
    }
  }
  return undefined;
}

function wayTo(id: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

/** Of any object in the cache: one that breaks its schema has none, and must not fail another. */
function dependenciesOf(object: Kustomization | undefined): readonly Dependency[] {
  const list: unknown = object?.spec?.dependsOn;
  return Array.isArray(list) ? list.filter((it) => typeof it?.name === 'string') : [];
}
