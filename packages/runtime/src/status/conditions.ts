import { type Condition, compareText } from '@gotk/apimachinery';
import type { ConditionUpdate } from '../controller/outcome.ts';
import { presentable, type Redact } from '../log/presentable.ts';

/**
 * The conditions that a controller owns besides Ready, Reconciling and Stalled, which every kind has. A negative one says that something is wrong: it is there
 * while that is so, and goes with the first run that does not say it again. Conditions that nobody declared are somebody else's: kept, and never written.
 */
export type OwnedConditions = Readonly<Record<string, 'positive' | 'negative'>>;

/** Whoever lists an object sees first what is wrong with it; the order is upstream's. */
const FIRST: readonly string[] = ['Stalled', 'Reconciling', 'Ready'];

/**
 * Conditions with updates applied. Those not named are kept, whoever they belong to.
 *
 * A transition time moves when status, reason or message do; a condition that says the same again only learns the generation.
 */
export function updateConditions(
  conditions: readonly Condition[],
  updates: readonly ConditionUpdate[],
  { generation, nowMs, redact }: { readonly generation: number | undefined; readonly nowMs: number; readonly redact?: Redact | undefined },
): readonly Condition[] {
  const next = new Map(conditions.map((condition) => [condition.type, condition]));
  // The server keeps whole seconds; comparing finer would rewrite the status on every run.
  const now = new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
  for (const update of updates) {
    if ('absent' in update) {
      next.delete(update.type);
      continue;
    }
    const { type, status, reason } = update;
    const message = presentable(update.message, { redact });
    const known = next.get(type);
    const same = known?.status === status && known.reason === reason && known.message === message;
    next.set(type, {
      type,
      status,
      reason,
      message,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime: same ? known.lastTransitionTime : now,
    });
  }
  return [...next.values()].sort(inOrder);
}

function inOrder(a: Condition, b: Condition): number {
  const [first, second] = [FIRST.indexOf(a.type), FIRST.indexOf(b.type)];
  if (first >= 0 && second >= 0) return first - second;
  if (first >= 0 || second >= 0) return first >= 0 ? -1 : 1;
  return compareText(a.type, b.type);
}
