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
  /** Whether the first that has failed ends the wait, as by default; else all that there is to be told of is told. */
  readonly failFast?: boolean | undefined;
  /** What to make of a target that is not there, or not any more, by how it was last seen; undefined, as by default: it is waited for. */
  readonly verdictOfGone?: (target: HealthTarget, last: Unstructured | undefined) => Verdict | undefined;
}

interface Judged {
  readonly target: HealthTarget;
  readonly verdict: Verdict;
}

const SHOWN = 20;

const shown = (judged: readonly Judged[], say: (verdict: Verdict) => string): string =>
  judged
    .slice(0, SHOWN)
    .map(({ target, verdict }) => `${renderReference(target.reference)} ${say(verdict)}`)
    .join('; ');

const NOT_FOUND: Verdict = { status: 'InProgress', message: 'not found' };

/**
 * Waits until every target is healthy, by kstatus unless other rules are given, as events come in; what may not be watched is looked at every five seconds. Objects of
 * kinds without a status are healthy as soon as they exist.
 *
 * Throws `Unhealthy` as soon as one has failed (without `failFast`, as soon as all that are not healthy have) or may not be looked at, or at the timeout, naming each object that is not healthy and why; what the rules throw; the
 * signal's reason on abort.
 */
export async function untilHealthy(targets: readonly HealthTarget[], options: HealthOptions): Promise<void> {
  const { client, informers, clock, timeoutMs, labelSelector, rules = kstatusRules, failFast = true } = options;
  const open = new Map<string, Judged>();
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
    if (open.size === 0) resolve();
    const failed = verdict.status === 'Failed' ? (failFast ? [{ target, verdict }] : [...open.values()]) : [];
    if (failed.length > 0 && failed.every((it) => it.verdict.status === 'Failed'))
      reject(new Unhealthy(`health check failed: ${shown(failed, ({ message }) => `failed: ${message}`)}`));
  };
  /** The latest look at each object: an older one whose verdict comes later is of no interest. */
  const looks = new Map<string, number>();
  const gone = (target: HealthTarget, last?: Unstructured): Verdict => options.verdictOfGone?.(target, last) ?? NOT_FOUND;
  const seen = (target: HealthTarget, object: Unstructured | undefined, last?: Unstructured) => {
    const id = idOf(target.reference);
    const look = (looks.get(id) ?? 0) + 1;
    looks.set(id, look);
    try {
      const verdict = object === undefined ? gone(target, last) : rules.verdictOf(object, signal);
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
        if (target === undefined) return;
        if (delta.kind === 'deleted') seen(target, undefined, delta.object);
        else seen(target, delta.object);
      }),
    );
    informer.whenSynced(signal).then(
      () => {
        for (const target of members.values()) if (!looks.has(idOf(target.reference))) seen(target, undefined);
      },
      () => undefined,
    );
  };
  const onTimeout = () => {
    const lines = shown([...open.values()], ({ status, message }) => `${status}: ${message}`);
    reject(new Unhealthy(`health check failed after ${Math.round(timeoutMs / 1000)}s: ${lines}`));
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
