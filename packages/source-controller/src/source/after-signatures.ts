import { type ConditionUpdate, Failed } from '@gotk/runtime';

/** Does what comes after a verification, or what it is a part of: whatever fails then, the signatures were good. `verified` is asked when something has failed. */
export async function afterSignatures<T>(verified: () => readonly ConditionUpdate[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const { reason, message, cause, eventMetadata, retryMs, change } = error;
    const conditions = [...(change.conditions ?? []), ...verified()];
    throw new Failed({ reason, message, cause, eventMetadata, ...(retryMs === undefined ? {} : { retryMs }), ...change, conditions });
  }
}
