import type { Clock, Resource } from '@gotk/apimachinery';
import { isStateless, statusOf, type Verdict } from '@gotk/kstatus';
import type { InformerSet } from '@gotk/kube';
import { Unhealthy } from './errors.ts';
import { idOf, type ObjectReference, renderReference } from './inventory.ts';

/** An object to wait for. */
export interface HealthTarget {
  readonly resource: Resource;
  readonly reference: ObjectReference;
}

export interface HealthOptions {
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Selects the targets among the objects of their kind, if they all carry it; else each is watched by its name. */
  readonly labelSelector?: string;
}

/**
 * Waits until every target is healthy by kstatus, as events come in; nothing is polled. Objects of kinds without a status are healthy as soon as they exist.
 *
 * Throws `Unhealthy` as soon as one has failed, or at the timeout, naming each object that is not healthy and why; the signal's reason on abort.
 */
export async function untilHealthy(
  targets: readonly HealthTarget[],
  { informers, clock, signal, timeoutMs, labelSelector }: HealthOptions,
): Promise<void> {
  const open = new Map<string, { readonly target: HealthTarget; verdict: Verdict }>();
  for (const target of targets) {
    if (labelSelector !== undefined && isStateless(target.resource)) continue;
    open.set(idOf(target.reference), { target, verdict: { status: 'InProgress', message: 'not found' } });
  }
  if (open.size === 0) return;

  using watches = new DisposableStack();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const judge = (target: HealthTarget, verdict: Verdict) => {
    const id = idOf(target.reference);
    if (verdict.status === 'Current') open.delete(id);
    // An object that was healthy a moment ago is watched no longer by name, but it still counts while others are waited for.
    else open.set(id, { target, verdict });
    if (verdict.status === 'Failed')
      reject(new Unhealthy(`health check failed: ${renderReference(target.reference)} failed: ${verdict.message}`));
    else if (open.size === 0) resolve();
  };

  for (const { resource, selectors, members } of questions(
    targets.filter(({ reference }) => open.has(idOf(reference))),
    labelSelector,
  )) {
    const holder = watches.use(informers.hold(resource, selectors));
    watches.use(
      holder.informer.subscribe((delta) => {
        const target = members.get(`${delta.object.metadata.namespace ?? ''}/${delta.object.metadata.name}`);
        if (target !== undefined)
          judge(target, delta.kind === 'deleted' ? { status: 'InProgress', message: 'not found' } : statusOf(delta.object));
      }),
    );
  }
  const onTimeout = () => {
    const lines = [...open.values()].map(
      ({ target, verdict }) => `${renderReference(target.reference)} ${verdict.status}: ${verdict.message}`,
    );
    reject(new Unhealthy(`health check failed after ${Math.round(timeoutMs / 1000)}s: ${lines.slice(0, 20).join('; ')}`));
  };
  const onAbort = () => reject(signal.reason);
  watches.use(clock.after(timeoutMs, onTimeout));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

interface Question {
  readonly resource: Resource;
  readonly selectors: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };
  readonly members: ReadonlyMap<string, HealthTarget>;
}

/** One watch a kind where a label selects the targets, one an object where only its name does. */
function questions(targets: readonly HealthTarget[], labelSelector: string | undefined): readonly Question[] {
  const byKey = new Map<string, { resource: Resource; selectors: Question['selectors']; members: Map<string, HealthTarget> }>();
  for (const target of targets) {
    const { resource, reference } = target;
    const selectors: Question['selectors'] =
      labelSelector === undefined
        ? { ...(reference.namespace === '' ? {} : { namespace: reference.namespace }), fieldSelector: `metadata.name=${reference.name}` }
        : { labelSelector };
    const key = JSON.stringify([resource.group, resource.version, resource.kind, selectors]);
    const question = byKey.get(key) ?? { resource, selectors, members: new Map() };
    question.members.set(`${reference.namespace}/${reference.name}`, target);
    byKey.set(key, question);
  }
  return [...byKey.values()];
}
