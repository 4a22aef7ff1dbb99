import { type Clock, keyOf, type Unstructured } from '@gotk/apimachinery';
import { isForbidden, isNotFound, isNotOffered, type KubeClient } from '@gotk/kube';
import type { HealthTarget, Question } from './health-questions.ts';

export interface PollOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Undefined: it is not there. */
  readonly seen: (target: HealthTarget, object: Unstructured | undefined) => void;
  /** Nobody waits for it any more. */
  readonly isDone: (target: HealthTarget) => boolean;
}

const EVERY_MS = 5_000;

/**
 * Looks at objects one by one, every five seconds: for those who may get them and not watch them. A look that fails is made again the next time. Throws for what
 * it may not get either, and on abort.
 */
export async function poll({ members }: Question, { client, clock, signal, seen, isDone }: PollOptions): Promise<void> {
  for (;;) {
    for (const target of members.values()) {
      if (isDone(target)) continue;
      const found = await look(target, client, signal);
      if (found !== 'unknown') seen(target, found);
    }
    if ([...members.values()].every(isDone)) return;
    await clock.sleep(EVERY_MS, signal);
    signal.throwIfAborted();
  }
}

async function look(
  { resource, reference }: HealthTarget,
  client: KubeClient,
  signal: AbortSignal,
): Promise<Unstructured | undefined | 'unknown'> {
  try {
    return await client.get(resource, keyOf({ metadata: reference }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isNotFound(error)) return undefined;
    if (isForbidden(error) || isNotOffered(error)) throw error;
    return 'unknown';
  }
}
