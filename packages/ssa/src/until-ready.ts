import { type Clock, isRecord, keyOf, type Resource, type Unstructured } from '@gotk/apimachinery';
import { statusOf } from '@gotk/kstatus';
import type { KubeClient } from '@gotk/kube';
import { ApplyFailed } from './errors.ts';

const DEADLINE_MS = 60_000;
const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * Waits until a definition or a class that was just applied is ready for those that refer to it, by kstatus. Of a CRD that is when the API server serves its
 * kinds; the mapper asks anew for them. Throws `ApplyFailed` when it has failed, or is not ready after a minute.
 */
export async function untilReady(
  object: Unstructured,
  {
    client,
    resource,
    clock,
    signal,
  }: { readonly client: KubeClient; readonly resource: Resource; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const shown = `${object.kind}/${object.metadata.name}`;
  const from = clock.monotonic();
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
    const { status, message } = statusOf(await client.get(resource, keyOf(object), { signal }));
    if (status === 'Current') break;
    if (status === 'Failed') throw new ApplyFailed(`${shown} is not accepted: ${message}`);
    if (clock.monotonic() - from > DEADLINE_MS) throw new ApplyFailed(`${shown} is not ready after ${DEADLINE_MS / 1000} s: ${message}`);
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
  }
  for (const version of versionsOf(object)) client.mapper.forget(version);
}

function versionsOf({ kind, spec }: Unstructured): readonly { readonly group: string; readonly version: string }[] {
  if (kind !== 'CustomResourceDefinition' || !isRecord(spec) || typeof spec.group !== 'string' || !Array.isArray(spec.versions)) return [];
  const { group } = spec;
  return spec.versions.flatMap((version) =>
    isRecord(version) && typeof version.name === 'string' ? [{ group, version: version.name }] : [],
  );
}
