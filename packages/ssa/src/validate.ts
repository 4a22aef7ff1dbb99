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
}

/**
 * Asks the server whether it would take the objects. Throws `SetRefused` with all that it would not. Returns those that it cannot judge yet, because their
 * namespace or CRD comes with the same set: they are asked for again when that is there.
 */
export async function validate(
  desired: readonly Desired[],
  { client, fieldManager, concurrency, signal, comesWithSet }: ValidateOptions,
): Promise<readonly Desired[]> {
  const refusals: Refusal[] = [];
  const later: Desired[] = [];
  await inPool(desired, concurrency, async (it) => {
    const reference = referenceTo(it.object);
    try {
      if (it.resource === undefined) throw new NoMatch(reference);
      await client.apply(it.resource, it.object, { fieldManager, force: true, dryRun: true, metadataOnly: true, signal });
    } catch (error) {
      signal.throwIfAborted();
      const missing = error instanceof NoMatch ? 'kind' : isNotFound(error) ? 'namespace' : undefined;
      if (missing !== undefined && comesWithSet(reference, missing)) later.push(it);
      else refusals.push({ object: reference, message: explain(error, reference) });
    }
  });
  if (refusals.length > 0) throw new SetRefused(refusals);
  return later;
}
