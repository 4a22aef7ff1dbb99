import { Reason } from '@gotk/api';
import { type KubeObject, keyOf, type ObjectKey, parseKey, renderKey } from '@gotk/apimachinery';
import { EvaluationFailed, InvalidExpression } from '@gotk/kstatus/cel';
import type { Delta, Indexes, Informer } from '@gotk/kube';
import type { CelEvaluator } from '../cel/evaluator.ts';
import { type Trigger, type Wake, watches } from '../controller/controller.ts';
import { Failed, Stalled, Waiting } from '../controller/outcome.ts';
import { conditionOf, isCurrent } from '../status/status.ts';
import { TaskFailed } from '../workers/task-failed.ts';
import { checkCrossNamespace } from './access.ts';
import { cycleThrough } from './cycle.ts';

/** One entry of `spec.dependsOn`. */
export interface Dependency {
  readonly name: string;
  /** Absent: the dependant's own. */
  readonly namespace?: string;
  /** CEL over `self`, the dependant, and `dep`, the dependency: whether it is ready. */
  readonly readyExpr?: string;
}

export interface DependencyRules<T extends KubeObject> {
  /** For messages. */
  readonly kind: string;
  /** Of every object that may be depended on, those of other shards included. */
  readonly informer: Informer<T>;
  readonly dependenciesOf: (object: T) => readonly Dependency[];
  /** What of a dependency besides its readiness dependants look at, such as the revision that it has reached. */
  readonly lookedAt?: (dependency: T) => string | undefined;
  readonly cel: CelEvaluator;
  /** A dependency with a `readyExpr` has to be Ready as well (gate AdditiveCELDependencyCheck). */
  readonly additive: boolean;
  /** False: one of another namespace is refused for good, unseen. Whoever may ask questions about an object could read it, a letter at a time. */
  readonly crossNamespaceAllowed: boolean;
}

export interface CheckOptions<T> {
  readonly signal: AbortSignal;
  /** The net below the watch: when to look again though nothing was heard (milliseconds). */
  readonly againMs: number;
  /** What is wrong with a dependency that is ready. */
  readonly objection?: (dependency: T) => string | undefined;
  /** What the event about what is not ready says besides. */
  readonly eventMetadata?: Readonly<Record<string, string>>;
}

/** What a kind with `spec.dependsOn` needs of the runtime: an index and a trigger for its controller, and the check. */
export interface Dependencies<T extends KubeObject> {
  readonly indexes: Indexes<T>;
  /** Wakes those who depend on an object when it has changed in a way that can matter to them. Nobody polls. */
  readonly trigger: Trigger;
  /**
   * Returns when every dependency is ready: there, Ready for its generation, without objection; or as its `readyExpr` says. Throws `Waiting` for the first that is
   * not; `Stalled` for one of a namespace that must not be referred to, for a cycle, which would wait for ever, naming it, and for an expression that can never be
   * evaluated.
   */
  check(object: T, options: CheckOptions<T>): Promise<void>;
  /** What an object depends on. */
  keysOf(object: T): readonly ObjectKey[];
  /** Those that depend on an object, itself maybe among them. The rules' informer has to have the indexes. */
  dependantsOf(object: T): readonly T[];
}

/** Both indexes are asked of any object in the cache: one that breaks its schema depends on nothing, and must not fail another. */
function wellFormed(list: readonly Dependency[] | undefined): readonly Dependency[] {
  return Array.isArray(list) ? list.filter((it: Partial<Dependency> | null) => typeof it?.name === 'string') : [];
}

const ANY = 'dependency';
const BY_EXPRESSION = 'dependency by expression';

export function dependencies<T extends KubeObject>(rules: DependencyRules<T>): Dependencies<T> {
  const { kind, informer, cel, additive, crossNamespaceAllowed, lookedAt = () => undefined } = rules;
  const of = (object: T): readonly Dependency[] => wellFormed(rules.dependenciesOf(object));
  const keyFrom = ({ name, namespace }: Dependency, { metadata }: T): ObjectKey => ({
    namespace: namespace ?? metadata.namespace ?? '',
    name,
  });
  const nameOf = (object: T) => (dependency: Dependency) => renderKey(keyFrom(dependency, object));

  const wakes = (delta: Delta<T>): readonly Wake[] => {
    const value = renderKey(keyOf(delta.object));
    // An expression may look at anything; readiness and what comes with it concern everybody.
    return [{ index: concernsAll(delta, lookedAt) ? ANY : BY_EXPRESSION, value, priority: 'normal' }];
  };

  const edgesFrom =
    (start: T) =>
    (name: string): readonly string[] => {
      const object = name === renderKey(keyOf(start)) ? start : informer.get(parseKey(name));
      return object === undefined ? [] : of(object).map(nameOf(object));
    };

  const evaluate = async (
    dependant: T,
    { dependency, expression }: Judged<T>,
    { signal, eventMetadata = {} }: CheckOptions<T>,
  ): Promise<boolean> => {
    const name = renderKey(keyOf(dependency));
    try {
      return await cel.bool(expression, { self: dependant, dep: dependency }, { signal, of: renderKey(keyOf(dependant)) });
    } catch (error) {
      const message = `failed to evaluate dependency '${name}': ${error instanceof Error ? error.message : String(error)}`;
      if (error instanceof InvalidExpression)
        throw new Stalled({ reason: Reason.InvalidCELExpression, message, cause: error, eventMetadata });
      if (error instanceof EvaluationFailed) return false;
      if (error instanceof TaskFailed) throw new Failed({ reason: Reason.DependencyNotReady, message, cause: error, eventMetadata });
      throw error;
    }
  };

  const problemWith = async (dependant: T, reference: Dependency, options: CheckOptions<T>): Promise<string | undefined> => {
    const dependency = informer.get(keyFrom(reference, dependant));
    if (dependency === undefined) return 'not found';
    const { readyExpr: expression } = reference;
    if (expression !== undefined && expression !== '') {
      if (!(await evaluate(dependant, { dependency, expression }, options))) return 'is not ready according to readyExpr eval';
      if (!additive) return undefined;
    }
    return isCurrent(dependency) ? options.objection?.(dependency) : 'is not ready';
  };

  return {
    indexes: {
      [ANY]: (object) => of(object).map(nameOf(object)),
      [BY_EXPRESSION]: (object) =>
        of(object)
          .filter(({ readyExpr }) => typeof readyExpr === 'string' && readyExpr !== '')
          .map(nameOf(object)),
    },
    trigger: watches(informer, wakes),
    keysOf: (object) => of(object).map((dependency) => keyFrom(dependency, object)),
    dependantsOf: (object) => informer.byIndex(ANY, renderKey(keyOf(object))),
    async check(object, options) {
      const { againMs, eventMetadata = {} } = options;
      for (const dependency of of(object))
        checkCrossNamespace(object, { kind, ...keyFrom(dependency, object) }, { allowed: crossNamespaceAllowed });
      const cycle = cycleThrough(renderKey(keyOf(object)), edgesFrom(object));
      if (cycle !== undefined)
        throw new Stalled({ reason: Reason.DependencyNotReady, message: `dependencies form a cycle: ${cycle.join(' → ')}`, eventMetadata });
      for (const dependency of of(object)) {
        const problem = await problemWith(object, dependency, options);
        if (problem === undefined) continue;
        const message = `dependency '${nameOf(object)(dependency)}' ${problem}`;
        throw new Waiting({ reason: Reason.DependencyNotReady, message, againMs, eventMetadata });
      }
    },
  };
}

interface Judged<T> {
  readonly dependency: T;
  readonly expression: string;
}

function concernsAll<T extends KubeObject>(delta: Delta<T>, lookedAt: (object: T) => string | undefined): boolean {
  if (delta.kind !== 'updated') return true;
  const { old, object: now } = delta;
  return (
    old.metadata.generation !== now.metadata.generation ||
    lookedAt(old) !== lookedAt(now) ||
    isCurrent(old) !== isCurrent(now) ||
    conditionOf(old, 'Ready')?.reason !== conditionOf(now, 'Ready')?.reason
  );
}
