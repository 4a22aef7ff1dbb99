import { createHash } from 'node:crypto';
import { ApiError, type KubeClient } from '@gotk/kube';
import type { Desired } from './plan.ts';

/** What is looked at of a message: whoever wrote a webhook may have written any. */
const MAX_TEXT = 16_384;
const SAY_IMMUTABLE = ['is immutable', 'immutable field'];
/** How the API server's own validation puts it (its causes carry no code of their own for it). */
const SAY_UNCHANGEABLE = ['immutable', 'may not change', 'may not be changed', 'cannot change', 'can not be changed', 'updates to '];

const says = (text: string, phrases: readonly string[]): boolean => {
  const lower = text.slice(0, MAX_TEXT).toLowerCase();
  return phrases.some((phrase) => lower.includes(phrase));
};

/** Whether it is worth a question: the refusal may be one for an immutable field. */
export const mayBeImmutable = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  (error.status === 422 || (error.status >= 400 && error.status < 500 && error.status !== 404 && says(error.message, SAY_IMMUTABLE)));

/**
 * Whether an object was refused for nothing but a field that must not change, so that a new object in its place would be accepted.
 *
 * A refusal by validation (422) whose every cause says so counts; of any other it is asked whether the server would take the object if it were new, because
 * rules in CEL word their refusals as they like. An object that is wrong in itself never counts: to delete it would lose it. Of other refusals, such as a
 * webhook's, the text decides, as it does upstream.
 */
export async function isImmutableRefusal(
  error: unknown,
  { object, resource }: Desired,
  { client, fieldManager, signal }: { readonly client: KubeClient; readonly fieldManager: string; readonly signal: AbortSignal },
): Promise<boolean> {
  if (!mayBeImmutable(error)) return false;
  if (error.status !== 422) return true;
  if (error.causes.length > 0 && error.causes.every(({ message = '' }) => says(message, SAY_UNCHANGEABLE))) return true;
  if (resource === undefined) return false;
  try {
    const name = `probe-${createHash('sha256').update(object.metadata.name).digest('hex').slice(0, 16)}`;
    const fresh = { ...object, metadata: { ...object.metadata, name } };
    await client.apply(resource, fresh, { fieldManager, force: true, dryRun: true, metadataOnly: true, signal });
    return true;
  } catch (refused) {
    signal.throwIfAborted();
    if (refused instanceof ApiError) return false;
    throw refused;
  }
}
