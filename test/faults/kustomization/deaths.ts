import type { ControlPlane } from '@gotk/testkit';
import { type Lane, type Lived, type Specs, type Step, startLane } from './lane.ts';
import { differences } from './world.ts';

/**
 * At which of its writes a controller dies: by SIGKILL, before the API server hears of it, once it has carried it out, or with half of the answer; or by SIGTERM,
 * while it is under way.
 */
export interface Death {
  readonly atWrite: number;
  readonly when: Moment | 'asked';
}

type Moment = (typeof MOMENTS)[number];
type MortalMoment = Death & { readonly when: Moment };

const MOMENTS = ['before', 'after', 'half-way'] as const;

export interface DeathsOptions {
  readonly plane: ControlPlane;
  readonly specs: Specs;
  readonly stepsOf: (lane: Lane) => Promise<readonly DeadlyStep[]>;
  /** Controllers that live and die side by side, each in a namespace of its own. */
  readonly lanes: number;
  /** Deaths at the first write, and then at each so many writes after it; default: 1. */
  readonly every?: number;
}

export interface DeadlyStep extends Step {
  /** Whether anybody dies of it; default: yes. */
  readonly deadly?: boolean;
}

/** Ten times the interval of the Kustomizations. */
const REST_MS = 10_000;

/**
 * Takes the steps again and again, and dies at each write of each step, one death a step, until the steps are over before the write at which to die. The
 * first round is without deaths: what it leads to is what the others have to lead to.
 */
export async function dieAtEachWrite({ plane, specs, stepsOf, lanes, every = 1 }: DeathsOptions): Promise<{
  readonly deaths: number;
  readonly violations: readonly string[];
  /** What runs failed with after a death. */
  readonly failures: readonly string[];
}> {
  const plan = planDeaths(every);
  const reruns = new Map<string, Lived>();
  const violations: string[] = [];
  const failures: string[] = [];
  let deaths = 0;

  const walk = async (): Promise<void> => {
    await using lane = await startLane(plane, specs);
    const steps = await stepsOf(lane);
    const clean = new Map<Step, unknown>();
    for (const step of steps) {
      const lived = await lane.take(step);
      clean.set(step, lived.essence);
      violations.push(...lived.violations, ...rerunDifferences(lived, reruns.get(step.name) ?? lived));
      reruns.set(step.name, lived);
    }
    for (let death = plan.next(); death !== undefined; death = plan.next()) {
      let died = 0;
      for (const step of steps) {
        const lived = await lane.take(step, step.deadly === false ? {} : { death, clean: clean.get(step) });
        violations.push(...lived.violations);
        failures.push(...lived.failures);
        died += lived.died ? 1 : 0;
      }
      if (died === 0) plan.survived(death);
      deaths += died;
    }
    const [first] = steps;
    if (first !== undefined) await lane.take(first);
    violations.push(...(await lane.rest(REST_MS)));
  };
  await Promise.all(Array.from({ length: lanes }, walk));
  return { deaths, violations, failures };
}

/** P1: the same again is the same again, apart from what each lane has of its own. */
function rerunDifferences(one: Lived, other: Lived): readonly string[] {
  const withoutDigests = ({ essence, writes }: Lived): unknown =>
    JSON.parse(JSON.stringify([essence, writes]).replaceAll(/sha(1|256):[0-9a-f]+/g, 'DIGEST'));
  return differences(withoutDigests(one), withoutDigests(other)).map((text) => `a rerun ${text}`);
}

/**
 * Of how many writes one is died at. Dead before a write is much like dead after the one before, and half an answer like none: seldom enough is often enough
 * for those, but by `make crash`.
 */
const STRIDES: Readonly<Record<Moment, number>> = { after: 1, before: 3, 'half-way': 6 };

const strideOf = (when: Moment, every: number): number => (process.env.GOTK_CRASH === 'whole' ? every : STRIDES[when] * every);

function planDeaths(every: number) {
  const next = { before: 1, after: 1, 'half-way': 1 };
  const survived = { before: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY, 'half-way': Number.POSITIVE_INFINITY };
  return {
    /** Undefined: there is no write left that anybody could die of. */
    next(): MortalMoment | undefined {
      const open = MOMENTS.filter((when) => next[when] < survived[when]);
      const [when] = open.sort((a, b) => next[a] - next[b]);
      if (when === undefined) return undefined;
      const atWrite = next[when];
      next[when] += strideOf(when, every);
      return { when, atWrite };
    },
    survived({ when, atWrite }: MortalMoment) {
      survived[when] = Math.min(survived[when], atWrite);
    },
  };
}
