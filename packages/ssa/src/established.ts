import { type Clock, isRecord, type Resource, type Unstructured } from '@gotk/apimachinery';
import { statusOf } from '@gotk/kstatus';
import type { KubeClient } from '@gotk/kube';
import { ApplyFailed } from './errors.ts';

const DEADLINE_MS = 60_000;
const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/** Waits until the API server serves the kinds of a CRD that was just applied, and makes the mapper ask anew. */
export async function untilEstablished(
  crd: Unstructured,
  {
    client,
    resource,
    clock,
    signal,
  }: { readonly client: KubeClient; readonly resource: Resource; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { name } = crd.metadata;
  const from = clock.monotonic();
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
    const live = await client.get(resource, { namespace: '', name }, { signal });
    const { status, message } = statusOf(live);
    if (status === 'Current') break;
    if (status === 'Failed') throw new ApplyFailed(`CustomResourceDefinition/${name} is not accepted: ${message}`);
    if (clock.monotonic() - from > DEADLINE_MS)
      throw new ApplyFailed(`CustomResourceDefinition/${name} is not established after ${DEADLINE_MS / 1000} s: ${message}`);
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
  }
  for (const version of versionsOf(crd)) client.mapper.forget(version);
}

function versionsOf({ spec }: Unstructured): readonly { readonly group: string; readonly version: string }[] {
  if (!isRecord(spec) || typeof spec.group !== 'string' || !Array.isArray(spec.versions)) return [];
  const { group } = spec;
  return spec.versions.flatMap((version) =>
    isRecord(version) && typeof version.name === 'string' ? [{ group, version: version.name }] : [],
  );
}
