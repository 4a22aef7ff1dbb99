import type { Clock } from '@gotk/apimachinery';
import type { Runner } from '../controller/runner.ts';
import type { Election } from '../election/leader-election.ts';
import type { Logger } from '../log/log.ts';
import { workUntil } from './drain.ts';
import type { Service } from './manager.ts';

export interface Life {
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: this process leads from the beginning. */
  readonly election: Election | undefined;
  readonly services: readonly Service[];
  /** Resolves when the caches are complete, or the signal aborts. */
  readonly whenSynced: (signal: AbortSignal) => Promise<void>;
  /** Starts a controller each. */
  readonly starts: readonly (() => Runner)[];
  /** Told of those that are at work, and at the end that none is. */
  readonly onRunners: (runners: readonly Runner[]) => void;
  readonly graceMs: number;
}

/**
 * Lives until the signal aborts or something fails: services of every replica, then leadership, then the services of the leader, then controllers; and ends in the
 * opposite order. Resolves with what failed, undefined for nothing.
 */
export async function live(life: Life, signal: AbortSignal): Promise<unknown> {
  const { election, services } = life;
  const failed = new AbortController();
  const alive = AbortSignal.any([signal, failed.signal]);
  const guarded = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (!alive.aborted) failed.abort(error);
    }
  };
  const serve = (leaderOnly: boolean) => {
    const ended = new AbortController();
    const running = services.filter((service) => service.leaderOnly === leaderOnly).map((service) => guarded(service.run(ended.signal)));
    return async () => {
      ended.abort();
      await Promise.all(running);
    };
  };
  const lead = async (leading: AbortSignal): Promise<void> => {
    // Runs that are being drained still need what the services serve.
    const endServices = serve(true);
    await control(life, leading);
    await endServices();
  };
  const endServices = serve(false);
  await guarded(election === undefined ? lead(alive) : election.whileLeading(lead, alive));
  if (!alive.aborted) failed.abort(new Error('leadership ended'));
  await endServices();
  return failed.signal.aborted ? failed.signal.reason : undefined;
}

async function control({ clock, log, whenSynced, starts, onRunners, graceMs }: Life, leading: AbortSignal): Promise<void> {
  await whenSynced(leading);
  if (leading.aborted) return;
  using started = new DisposableStack();
  log.info('caches are synced, controllers start');
  const runners = starts.map((start) => started.use(start()));
  onRunners(runners);
  await workUntil(leading, runners, { clock, log, graceMs });
  onRunners([]);
}
