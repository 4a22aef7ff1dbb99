import type { KubeObject } from '@gotk/apimachinery';
import { isNotFound, type KubeClient, NoMatch } from '@gotk/kube';
import { explain, type Refusal, SetRefused } from './errors.ts';
import { inPool } from './in-pool.ts';
import { type ObjectReference, referenceTo } from './inventory.ts';
import type { Desired } from './plan.ts';

export interface ValidateOptions {
  readonly client: KubeClient;
  readonly fieldManager: string;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Whether the set itself brings what the object cannot exist without: its namespace, or its CRD. */
  readonly comesWithSet: (reference: ObjectReference, missing: 'namespace' | 'kind') => boolean;
  /** Whether the refused object may be deleted and made anew instead. */
  readonly mayReplace: (desired: Desired, refusal: unknown) => Promise<boolean>;
  /** Does what can be done about a refusal without changing what the object is; whether it is worth asking again. */
  readonly mend: (desired: Desired, refusal: unknown) => Promise<boolean>;
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
  const { signal, comesWithSet, mayReplace, isUnclean } = options;
  const refusals: Refusal[] = [];
  const later: Desired[] = [];
  const [replace, unclean] = [new Set<string>(), new Set<string>()];
  await inPool(desired, options.concurrency, async (it) => {
    const reference = referenceTo(it.object);
    try {
      if (isUnclean(it, await outlookOf(it, options))) unclean.add(it.id);
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

async function outlookOf(desired: Desired, { client, fieldManager, signal, mend }: ValidateOptions): Promise<KubeObject> {
  const { object, resource } = desired;
  if (resource === undefined) throw new NoMatch(referenceTo(object));
  const ask = async () =>
    (await client.apply(resource, object, { fieldManager, force: true, dryRun: true, metadataOnly: true, signal })).object;
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (!(await mend(desired, error))) throw error;
    return await ask();
  }
}
