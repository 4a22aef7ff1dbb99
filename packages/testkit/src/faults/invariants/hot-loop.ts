import type { RequestRecord } from '../request-trace.ts';
import { busiestWindow } from './windows.ts';

export interface Run {
  readonly object: string;
  readonly atMs: number;
}

export interface LoopLimits {
  /** Sustained is what goes on for so long; default: 10 s. Shorter bursts are free up to what the whole window allows. */
  readonly windowMs?: number;
  /** Defaults: one run of an object a second, one list of a kind. */
  readonly runsPerSecond?: number;
  /** Defaults: those of `--kube-api-qps` and `--kube-api-burst`, 50 a second and 300 at once. */
  readonly requestsPerSecond?: number;
  readonly requestsAtOnce?: number;
  readonly listsPerSecond?: number;
}

/**
 * I13: nothing goes round and round: neither an object's runs, nor requests at large, nor lists that ask the same of a kind. A list's
 * further pages are part of it.
 */
export function noHotLoop(
  { requests, runs }: { readonly requests: readonly RequestRecord[]; readonly runs: readonly Run[] },
  limits: LoopLimits = {},
): readonly string[] {
  const { windowMs = 10_000, runsPerSecond = 1, requestsPerSecond = 50, requestsAtOnce = 300, listsPerSecond = 1 } = limits;
  const within = (perSecond: number) => Math.ceil((perSecond * windowMs) / 1_000);
  const tooOften = (what: string, moments: readonly { readonly atMs: number }[], allowed: number): readonly string[] => {
    const most = busiestWindow(
      moments.map(({ atMs }) => atMs),
      windowMs,
    );
    return most > allowed ? [`${what} ${most} times within ${windowMs} ms, ${allowed} are allowed`] : [];
  };
  const lists = requests.filter(({ verb, query }) => verb === 'list' && !new URLSearchParams(query).has('continue'));
  const questionOf = ({ path, query }: RequestRecord) => {
    const asked = new URLSearchParams(query);
    return [path, ...['labelSelector', 'fieldSelector'].flatMap((name) => asked.get(name) ?? [])].join(' ');
  };
  return [
    ...[...Map.groupBy(runs, ({ object }) => object)].flatMap(([object, ofObject]) =>
      tooOften(`${object} was run`, ofObject, within(runsPerSecond)),
    ),
    ...tooOften('requests were made', requests, within(requestsPerSecond) + requestsAtOnce),
    ...[...Map.groupBy(lists, questionOf)].flatMap(([question, ofKind]) =>
      tooOften(`${question} was listed`, ofKind, within(listsPerSecond)),
    ),
  ];
}
