import type { ApiRequest, ApiVerb } from './api-request.ts';

/** Which requests. Everything that is given has to hold. */
export interface Match {
  readonly verbs?: readonly ApiVerb[];
  /** As in `ApiRequest`: `widgets` are not `widgets/status`. */
  readonly resources?: readonly string[];
  /** Of path and query. */
  readonly path?: RegExp;
  readonly userAgent?: RegExp;
}

/** What happens to a request instead of being passed on. */
export type FaultAction =
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answered here, with a Status of that code; the API server never hears of it. Default of `reason`: what goes with the code. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** The connection is reset; the API server never hears of the request. */
  | { readonly kind: 'reset' }
  /** The API server carries the request out, and then the connection is reset. */
  | { readonly kind: 'lose-response' }
  /** The body ends after so many bytes, by a reset or by an orderly end of the connection. */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly ending: 'reset' | 'half-close' }
  /** Taken and never answered; the API server never hears of it. */
  | { readonly kind: 'black-hole' }
  /** The client dies of it, by `end`: before the API server hears of the request, once it has carried it out and answered nothing, or half of what it answers. */
  | { readonly kind: 'end-client'; readonly when: 'before' | 'after' | 'half-way'; readonly end: () => void }
  /** The first answer to a list or get since the fault began is repeated for as long as it lasts. */
  | { readonly kind: 'freeze' };

export interface Fault extends Match {
  /** Shown in the trace. */
  readonly name: string;
  readonly action: FaultAction;
  /** Which of the matching calls, counted from 1 since the fault began: of all, and of those for the same verb and path. Default: each. */
  readonly calls?: (nth: { readonly overall: number; readonly ofPath: number }) => boolean;
  /** How likely one that is otherwise meant is met; default 1. */
  readonly probability?: number;
}

/** A fault that is going on, until it is disposed of. */
export interface ActiveFault extends Disposable {
  /** How many requests it has met. */
  readonly hits: number;
}

export interface Verdict {
  readonly delayMs: number;
  /** The first fault that met the request, delays aside. */
  readonly fault?: Fault;
}

export interface FaultRules {
  add(fault: Fault): ActiveFault;
  judge(request: ApiRequest): Verdict;
}

export function matches(match: Match, { verb, resource, path, query, userAgent }: ApiRequest): boolean {
  return (
    (match.verbs?.includes(verb) ?? true) &&
    (match.resources?.includes(resource) ?? true) &&
    (match.path?.test(path + query) ?? true) &&
    (match.userAgent?.test(userAgent) ?? true)
  );
}

/** Paths that a fault tells apart; more of them count as one. */
const MAX_PATHS = 100_000;

/** Faults are asked in the order in which they were added. Delays add up; of the others the first is the one. */
export function createFaultRules(random: () => number): FaultRules {
  const active = new Set<Counter>();
  return {
    add(fault) {
      const counter = new Counter(fault, random);
      active.add(counter);
      return {
        get hits() {
          return counter.hits;
        },
        [Symbol.dispose]: () => active.delete(counter),
      };
    },
    judge(request) {
      let delayMs = 0;
      for (const counter of active) {
        const { action } = counter.fault;
        if (!counter.meets(request)) continue;
        if (action.kind !== 'delay') return { delayMs, fault: counter.fault };
        delayMs += action.ms;
      }
      return { delayMs };
    },
  };
}

class Counter {
  readonly fault: Fault;
  readonly #random: () => number;
  readonly #ofPath = new Map<string, number>();
  #overall = 0;
  hits = 0;

  constructor(fault: Fault, random: () => number) {
    this.fault = fault;
    this.#random = random;
  }

  meets(request: ApiRequest): boolean {
    if (!matches(this.fault, request)) return false;
    const path = this.#ofPath.size < MAX_PATHS ? `${request.verb} ${request.path}` : '';
    this.#overall += 1;
    const ofPath = (this.#ofPath.get(path) ?? 0) + 1;
    this.#ofPath.set(path, ofPath);
    const { calls, probability = 1 } = this.fault;
    if (calls?.({ overall: this.#overall, ofPath }) === false) return false;
    if (probability < 1 && this.#random() >= probability) return false;
    this.hits += 1;
    return true;
  }
}
