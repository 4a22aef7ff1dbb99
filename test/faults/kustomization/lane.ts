import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Artifact, Kustomization } from '@gotk/api';
import { isNotFound } from '@gotk/kube';
import {
  type ActiveFault,
  type ApiVerb,
  type ControllerProcess,
  type ControlPlane,
  checkInvariants,
  eventually,
  type RequestRecord,
} from '@gotk/testkit';
import { type ApplierBed, applierBed, isReadyWith } from './bed.ts';
import type { Death } from './deaths.ts';
import { differences, essenceOf, orphansIn, phantomsIn, recreatedBetween, type World, worldOf } from './world.ts';

export interface Step {
  readonly name: string;
  /** What the source says from then on; undefined: the Kustomizations are deleted. */
  readonly artifact: Artifact | undefined;
  /** Whether it is for this step to delete an object. */
  readonly mayDelete: (deletion: RequestRecord) => boolean;
  /** Whether an object, by its id in an inventory, has to be made anew; default: none. */
  readonly mayReplace?: (id: string) => boolean;
  /** What somebody does meanwhile, whoever dies. */
  readonly meanwhile?: (bed: ApplierBed) => Promise<void>;
}

export interface Lived {
  readonly died: boolean;
  /** What was not as it has to be. */
  readonly violations: readonly string[];
  /** What runs failed with on the way; not wrong in itself. */
  readonly failures: readonly string[];
  /** What all of it has come to, apart from what differs from one life to another. */
  readonly essence: unknown;
  /** What was asked after the death, by whoever came next. */
  readonly later: readonly RequestRecord[];
  /** What was written to objects, other than Kustomizations, in no particular order. */
  readonly writes: readonly string[];
}

/**
 * A namespace with Kustomizations and a controller that dies as often as one likes: each time the next one is started, and what it finds and makes of it is
 * checked.
 */
export interface Lane extends AsyncDisposable {
  readonly bed: ApplierBed;
  /** Takes a step; the controller dies of it if it comes so far. */
  take(step: Step, options?: TakeOptions): Promise<Lived>;
  /** After a step: ends the controller and starts that of another bundle. Resolves with what that one asks until it has looked at everything. */
  relieve(step: Step, bundle: string): Promise<readonly RequestRecord[]>;
  /** What is written within so much time in which nobody wants anything. */
  rest(ms: number): Promise<readonly string[]>;
}

export interface TakeOptions {
  readonly death?: Death;
  /** The bundle of the controller that is started after a death; default: the same again. */
  readonly heir?: string | undefined;
  /** Resources whose objects that one writes in another form: what is as it was may change nevertheless. */
  readonly reformed?: ReadonlySet<string>;
  /** What the step leads to without a death. */
  readonly clean?: unknown;
}

/** The Kustomizations of a lane, with what their specs have besides a source and an interval of a second. */
export type Specs = Readonly<Record<string, Partial<Kustomization['spec']>>>;

/** Longer than between two requests of one run. */
const QUIET_MS = 250;
const LOOK_MS = 20;
/** How long the write is under way at which a controller is asked to end. */
const LAST_WRITE_MS = 50;
const DEADLINE_MS = 90_000;
const WRITES: readonly ApiVerb[] = ['create', 'update', 'patch', 'apply', 'delete', 'deletecollection'];
const NO_DRY_RUN = /^(?!.*[?&]dryRun=)/;

export interface LaneOptions {
  readonly flags?: readonly string[];
  /** Of the first controller; see `StartApplierOptions`. */
  readonly bundle?: string | undefined;
}

export async function startLane(plane: ControlPlane, specs: Specs, { flags = [], bundle: first }: LaneOptions = {}): Promise<Lane> {
  const stack = new AsyncDisposableStack();
  const bed = stack.use(await applierBed(plane));
  const { proxy, namespace } = bed;
  const names = Object.keys(specs);
  let bundle = first;
  let controller: ControllerProcess = await bed.start({ flags, bundle });

  const worlds = () => Promise.all(names.map((name) => worldOf(bed, name)));
  const isReached = async ({ artifact }: Step): Promise<boolean> => {
    const found = await Promise.all(names.map((name) => bed.get(name)));
    return found.every((it) => (artifact === undefined ? it === undefined : it !== undefined && isReadyWith(artifact.revision)(it)));
  };
  /** Resolves when the step has led to what it should and nothing is asked any more, or the controller has died. */
  const untilOver = async (step: Step, since: number): Promise<void> => {
    const deadline = performance.now() + DEADLINE_MS;
    for (let count = -1; !controller.ended; ) {
      // The API server may be one of those that die.
      const reached = await isReached(step).catch(() => false);
      const asked = proxy.trace.records.length;
      if (reached && asked === count && asked > since) return;
      count = reached ? asked : -1;
      if (performance.now() > deadline) throw new Error(`${step.name} did not end within ${DEADLINE_MS} ms: ${await bed.log()}`);
      await Promise.race([delay(reached ? QUIET_MS : LOOK_MS), controller.exited]);
    }
  };
  /** Another life begins, and has looked at everything. */
  const anew = async (step: Step, heir: string | undefined): Promise<readonly RequestRecord[]> => {
    const since = proxy.trace.records.length;
    bundle = heir;
    controller = await bed.start({ flags, bundle });
    const deadline = performance.now() + DEADLINE_MS;
    const logged = () => readFile(controller.logFile, 'utf8');
    const isLooked = async () => {
      const log = (await logged()).split('\n');
      const says = `Applied revision: ${step.artifact?.revision}`;
      return (
        step.artifact === undefined || names.every((name) => log.some((line) => line.includes(`"name":"${name}"`) && line.includes(says)))
      );
    };
    while (!(await isLooked())) {
      if (performance.now() > deadline) throw new Error(`nobody looked again after ${step.name}: ${await logged()}`);
      await delay(LOOK_MS);
    }
    await untilOver(step, since);
    return proxy.trace.records.slice(since);
  };
  const act = async ({ artifact }: Step): Promise<void> => {
    if (artifact !== undefined) await bed.point(artifact);
    for (const name of names) {
      if (artifact === undefined) await bed.remove(name).catch(unlessGone);
      else if ((await bed.get(name)) === undefined) await bed.kustomization(name, { interval: '1s', ...specs[name] });
    }
  };
  const at = ({ atWrite, when }: Death, end: (how: 'SIGKILL' | 'SIGTERM') => void): ActiveFault => {
    const write = { name: 'death', verbs: WRITES, path: NO_DRY_RUN } as const;
    const isIt = ({ overall }: { readonly overall: number }) => overall === atWrite;
    if (when !== 'asked') return proxy.inject({ ...write, calls: isIt, action: { kind: 'end-client', when, end: () => end('SIGKILL') } });
    const calls = (nth: { readonly overall: number }) => {
      if (isIt(nth)) end('SIGTERM');
      return isIt(nth);
    };
    return proxy.inject({ ...write, calls, action: { kind: 'delay', ms: LAST_WRITE_MS } });
  };
  /** Lives through a step, and resolves with what was wrong at the moment of the death, and what was asked after it; undefined when there was none. */
  const live = async (
    step: Step,
    { death, heir = bundle }: TakeOptions,
  ): Promise<{ readonly wrong: readonly string[]; readonly later: readonly RequestRecord[] } | undefined> => {
    const since = proxy.trace.records.length;
    let died = false;
    const end = (how: 'SIGKILL' | 'SIGTERM') => {
      died = true;
      // That it does not end in time is told by its exit code.
      if (how === 'SIGTERM') controller.stop().catch(() => undefined);
      else void controller.kill();
    };
    const fault = death && at(death, end);
    const meanwhile = step.meanwhile?.(bed);
    // Its failure is told when the step is over.
    meanwhile?.catch(() => undefined);
    await eventually(() => act(step), { timeoutMs: DEADLINE_MS });
    await untilOver(step, since);
    fault?.[Symbol.dispose]();
    if (!died) {
      await meanwhile;
      return undefined;
    }
    const code = await controller.exited;
    const found = await worlds();
    const later = await anew(step, heir);
    await meanwhile;
    const after = await worlds();
    const wrong = [
      ...(death?.when === 'asked' && code !== 0 ? [`ended with ${code}`] : []),
      ...found.flatMap((world) => [...unrecorded(world), ...prematurelyReady(world, step)]),
      ...replaced(found, after, step).map((id) => `${id} was made anew after the death`),
    ];
    return { wrong, later };
  };

  return {
    bed,
    async relieve(step, next) {
      const code = await controller.stop();
      if (code !== 0) throw new Error(`ended with ${code} after ${step.name}`);
      return await anew(step, next);
    },
    async take(step, options = {}) {
      const { death, clean, reformed = new Set() } = options;
      const [firstRequest, firstLogged, before] = [proxy.trace.records.length, (await bed.log()).length, await worlds()];
      const atDeath = await live(step, options);
      const after = await worlds();
      const requests = proxy.trace.records.slice(firstRequest);
      const essence = after.map((world) => essenceOf(world, namespace));
      const violations = [
        ...(atDeath?.wrong ?? []),
        ...replaced(before, after, step).map((id) => `${id} is another one`),
        ...after.flatMap(orphansIn).map((id) => `${id} is in no inventory`),
        ...after.flatMap(phantomsIn).map((id) => `${id} is in the inventory and nowhere else`),
        ...checkInvariants(
          { requests, runs: [] },
          { mayDelete: step.mayDelete, effects: { resources: resourcesIn(requests).filter((it) => !reformed.has(it)), allowed: () => 1 } },
        ),
        ...(clean === undefined ? [] : differences(essence, clean)),
      ];
      const failures = failuresIn((await bed.log()).slice(firstLogged));
      return {
        died: atDeath !== undefined,
        violations: violations.map((text) => `${describe(step, death)}: ${text}`),
        failures,
        essence,
        later: atDeath?.later ?? [],
        writes: writesIn(requests, namespace),
      };
    },
    async rest(ms) {
      const before = bed.writes().length;
      await delay(ms);
      const written = bed.writes().slice(before);
      return written.map(({ verb, resource, name }) => `wrote although nobody wanted anything: ${verb} ${resource} ${name}`);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

const failuresIn = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter((line) => line.includes('"level":"error"') && line.endsWith('}'))
    .map((line) => String((JSON.parse(line) as { readonly error?: unknown }).error));

const describe = ({ name }: Step, death: Death | undefined): string =>
  death === undefined ? name : `${name}, ${death.when === 'asked' ? 'asked to end at' : `killed ${death.when}`} write ${death.atWrite}`;

/** I3, at the worst of moments: what is there is on record before it is. */
const unrecorded = (found: World): readonly string[] => orphansIn(found).map((id) => `${id} was there and not on record`);

const replaced = (before: readonly World[], after: readonly World[], { mayReplace }: Step): readonly string[] =>
  before.flatMap((world, index) => recreatedBetween(world, after[index] ?? world)).filter((id) => mayReplace?.(id) !== true);

/** I4: who says Ready says it of all. */
function prematurelyReady(found: World, { artifact }: Step): readonly string[] {
  const { kustomization } = found;
  if (artifact === undefined || kustomization === undefined || !isReadyWith(artifact.revision)(kustomization)) return [];
  return phantomsIn(found).map((id) => `was Ready without ${id}`);
}

/** Once each: a run that was overtaken is begun anew. */
const writesIn = (requests: readonly RequestRecord[], namespace: string): readonly string[] => [
  ...new Set(
    requests
      .filter(({ verb, dryRun, resource }) => WRITES.includes(verb) && !dryRun && !NOT_WORK.test(resource))
      .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`.replaceAll(namespace, 'NAMESPACE'))
      .sort(),
  ),
];

const NOT_WORK = /^(kustomizations|events|leases)/;
const resourcesIn = (requests: readonly RequestRecord[]): readonly string[] => [
  ...new Set(requests.map(({ resource }) => resource).filter((resource) => !NOT_WORK.test(resource))),
];
