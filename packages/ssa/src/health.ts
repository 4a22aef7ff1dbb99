import type { Clock, Unstructured } from '@gotk/apimachinery';
import type { Verdict } from '@gotk/kstatus';
import { type InformerSet, isForbidden, isNotOffered, type KubeClient } from '@gotk/kube';
import { explain, Unhealthy } from './errors.ts';
import { type HealthTarget, type Question, type QuestionOptions, questionsAbout } from './health-questions.ts';
import { type HealthRules, kstatusRules } from './health-rules.ts';
import { idOf, renderReference } from './inventory.ts';
import { poll } from './poll.ts';

export interface HealthOptions extends QuestionOptions {
  readonly client: KubeClient;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly rules?: HealthRules | undefined;
}

const NOT_FOUND: Verdict = { status: 'InProgress', message: 'not found' };

/**
 * Waits until every target is healthy, by kstatus unless other rules are given, as events come in; what may not be watched is looked at every five seconds. Objects of
 * kinds without a status are healthy as soon as they exist.
 *
 * Throws `Unhealthy` as soon as one has failed or may not be looked at, or at the timeout, naming each object that is not healthy and why; what the rules throw; the
 * signal's reason on abort.
 */
export async function untilHealthy(targets: readonly HealthTarget[], options: HealthOptions): Promise<void> {
  const { client, informers, clock, timeoutMs, labelSelector, rules = kstatusRules } = options;
  const open = new Map<string, { readonly target: HealthTarget; readonly verdict: Verdict }>();
  for (const target of targets) {
    if (labelSelector !== undefined && rules.isStateless(target.resource)) continue;
    open.set(idOf(target.reference), { target, verdict: NOT_FOUND });
  }
  if (open.size === 0) return;

  using watches = new DisposableStack();
  const ended = new AbortController();
  watches.defer(() => ended.abort());
  const signal = AbortSignal.any([options.signal, ended.signal]);
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
  /** The latest look at each object: an older one whose verdict comes later is of no interest. */
  const looks = new Map<string, number>();
  const seen = (target: HealthTarget, object: Unstructured | undefined) => {
    const id = idOf(target.reference);
    const look = (looks.get(id) ?? 0) + 1;
    looks.set(id, look);
    try {
      const verdict = object === undefined ? NOT_FOUND : rules.verdictOf(object, signal);
      if (!(verdict instanceof Promise)) return judge(target, verdict);
      verdict.then((late) => {
        if (looks.get(id) === look) judge(target, late);
      }, reject);
    } catch (error) {
      reject(error);
    }
  };
  const ask = (question: Question) => {
    const { resource, selectors, members } = question;
    const isDone = ({ reference }: HealthTarget) => !open.has(idOf(reference));
    const watch = watches.use(new DisposableStack());
    const instead = (error: unknown) => {
      if (watch.disposed || !(isForbidden(error) || isNotOffered(error))) return;
      watch.dispose();
      poll(question, { client, clock, signal, seen, isDone }).catch((thrown: unknown) => reject(refusalOf(thrown, question)));
    };
    const { informer } = watch.use(informers.hold(resource, { ...selectors, onError: instead }));
    watch.use(
      informer.subscribe((delta) => {
        const target = members.get(`${delta.object.metadata.namespace ?? ''}/${delta.object.metadata.name}`);
        if (target !== undefined) seen(target, delta.kind === 'deleted' ? undefined : delta.object);
      }),
    );
  };
  const onTimeout = () => {
    const lines = [...open.values()].map(
      ({ target, verdict }) => `${renderReference(target.reference)} ${verdict.status}: ${verdict.message}`,
    );
    reject(new Unhealthy(`health check failed after ${Math.round(timeoutMs / 1000)}s: ${lines.slice(0, 20).join('; ')}`));
  };
  const onAbort = () => reject(options.signal.reason);
  for (const question of questionsAbout(
    targets.filter(({ reference }) => open.has(idOf(reference))),
    options,
  ))
    ask(question);
  watches.use(clock.after(timeoutMs, onTimeout));
  options.signal.addEventListener('abort', onAbort, { once: true });
  watches.defer(() => options.signal.removeEventListener('abort', onAbort));
  if (options.signal.aborted) onAbort();
  await promise;
}

function refusalOf(thrown: unknown, { resource, members }: Question): unknown {
  const [target] = members.values();
  if (!isForbidden(thrown) || target === undefined) return thrown;
  return new Unhealthy(`health check failed: ${resource.kind} ${explain(thrown, target.reference, 'look')}`, { cause: thrown });
}
