import type { KubeObject } from '@gotk/apimachinery';
import { isNotFound, NoMatch } from '@gotk/kube';
import { explain, type Refusal, SetRefused } from './errors.ts';
import { inPool } from './in-pool.ts';
import { type ObjectReference, referenceTo } from './inventory.ts';
import type { Desired } from './plan.ts';

export interface ValidateOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Whether the set itself brings what the object cannot exist without: its namespace, or its CRD. */
  readonly comesWithSet: (reference: ObjectReference, missing: 'namespace' | 'kind') => boolean;
  /** Whether the refused object may be deleted and made anew instead. */
  readonly mayReplace: (desired: Desired, refusal: unknown) => Promise<boolean>;
  /** What there would be of an object if it were applied. Throws what the server says, and `NoMatch` for a kind that it does not serve. */
  readonly outlook: (desired: Desired) => Promise<KubeObject>;
  /** Whether others hold what they are not to hold, by what the object would be. */
  readonly isUnclean: (desired: Desired, outlook: KubeObject) => boolean;
}

export interface Validation {
  /** Those that the server cannot judge yet, because their namespace or CRD comes with the same set: they are asked for again when that is there. */
  readonly later: readonly Desired[];
  /** The ids of those that have to make room for a new object. */
  readonly replace: ReadonlySet<string>;
  /** The ids of those that have to be taken over before they are applied. */
  readonly unclean: ReadonlySet<string>;
}

/** Asks the server whether it would take the objects. Throws `SetRefused` with all that it would not. */
export async function validate(desired: readonly Desired[], options: ValidateOptions): Promise<Validation> {
  const { concurrency, signal, comesWithSet, mayReplace, outlook, isUnclean } = options;
  const refusals: Refusal[] = [];
  const later: Desired[] = [];
  const [replace, unclean] = [new Set<string>(), new Set<string>()];
  await inPool(desired, concurrency, async (it) => {
    const reference = referenceTo(it.object);
    try {
      if (isUnclean(it, await outlook(it))) unclean.add(it.id);
    } catch (error) {
      signal.throwIfAborted();
      const missing = error instanceof NoMatch ? 'kind' : isNotFound(error) ? 'namespace' : undefined;
      if (missing !== undefined && comesWithSet(reference, missing)) later.push(it);
      else if (await mayReplace(it, error)) replace.add(it.id);
      else refusals.push({ object: reference, message: explain(error, reference, 'dry-run') });
    }
  });
  if (refusals.length > 0) throw new SetRefused(refusals);
  return { later, replace, unclean };
}
