import { hostname } from 'node:os';
import { systemClock } from '@gotk/apimachinery';
import { redact } from '@gotk/auth';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { commonFlags, IGNORED_FLAGS } from './common-flags.ts';
import { createManager } from './create-manager.ts';
import { type FlagTable, type FlagValues, parseFlags, renderHelp, UsageError } from './flags.ts';
import type { Logger } from './log.ts';
import type { Manager } from './manager.ts';
import { createMetrics } from './metrics.ts';
import { createLogger } from './pino-logger.ts';

export interface Program<Table extends FlagTable> {
  /** Such as `source-controller`. */
  readonly name: string;
  readonly version: string;
  /** The controller's own flags; they may override a common one's default. */
  readonly flags: Table;
  readonly setup: (
    manager: Manager,
    values: FlagValues<typeof commonFlags> & FlagValues<Table>,
    environment: Environment,
  ) => void | Promise<void>;
}

/** What a process is told by its surroundings rather than by flags. */
export interface Environment {
  /** The namespace that the process runs in. */
  readonly namespace: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * A controller's whole main program: flags, client, manager, signals, exit code.
 *
 * Resolves with the exit code: 0 after SIGTERM or SIGINT, 1 when something that cannot be survived happened, 2 for a wrong command line.
 */
export async function runMain<Table extends FlagTable>(program: Program<Table>, process: NodeJS.Process): Promise<number> {
  const table = { ...commonFlags, ...program.flags };
  const args = process.argv.slice(2);
  if (args.some((argument) => /^--?h(elp)?$/.test(argument))) {
    process.stdout.write(renderHelp(program.name, table));
    return 0;
  }
  let values: FlagValues<typeof commonFlags> & FlagValues<Table>;
  let ignored: readonly string[];
  try {
    const parsed = parseFlags(args, table, IGNORED_FLAGS);
    values = parsed.values as FlagValues<typeof commonFlags> & FlagValues<Table>;
    ignored = parsed.ignored;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${program.name}: ${error.message}; see --help\n`);
    return 2;
  }
  const log = createLogger({ level: values['log-level'], encoding: values['log-encoding'], redact });
  const stop = stopSignal(process, log);
  try {
    await run({ program, values, ignored, log, process }, stop);
    log.info('stopped');
    return 0;
  } catch (error) {
    log.error(`${program.name} ends`, error);
    return 1;
  }
}

interface Start<Table extends FlagTable> {
  readonly program: Program<Table>;
  readonly values: FlagValues<typeof commonFlags> & FlagValues<Table>;
  readonly ignored: readonly string[];
  readonly log: Logger;
  readonly process: NodeJS.Process;
}

async function run<Table extends FlagTable>({ program, values, ignored, log, process }: Start<Table>, signal: AbortSignal): Promise<void> {
  const environment: Environment = { namespace: process.env.RUNTIME_NAMESPACE ?? 'flux-system', variables: process.env };
  log.info(`starting ${program.name}`, { version: program.version, node: process.version });
  if (ignored.length > 0) log.info('flags without effect here', { flags: ignored });

  const metrics = createMetrics();
  const connection = await loadConnection({ kubeconfigPath: process.env.KUBECONFIG });
  const client = createKubeClient({
    connection,
    userAgent: `${program.name}/${program.version}`,
    qps: values['kube-api-qps'],
    burst: values['kube-api-burst'],
    onRequest: metrics.request,
  });
  const manager = createManager({
    name: program.name,
    instance: process.env.HOSTNAME ?? hostname(),
    client,
    clock: systemClock,
    log,
    metrics,
    metricsAddress: values['metrics-addr'],
    healthAddress: values['health-addr'],
    eventsAddress: values['events-addr'],
    watchLabelSelector: values['watch-label-selector'],
    minRetryDelayMs: values['min-retry-delay'],
    maxRetryDelayMs: values['max-retry-delay'],
    intervalJitter: values['interval-jitter-percentage'] / 100,
    graceMs: values['graceful-shutdown-timeout'],
    ...(values['watch-all-namespaces'] ? {} : { watchNamespace: environment.namespace }),
    ...(values['enable-leader-election']
      ? {
          election: {
            namespace: environment.namespace,
            leaseDurationMs: values['leader-election-lease-duration'],
            renewDeadlineMs: values['leader-election-renew-deadline'],
            retryPeriodMs: values['leader-election-retry-period'],
          },
        }
      : {}),
  });
  try {
    await program.setup(manager, values, environment);
    await manager.run(signal);
  } finally {
    await client.close();
  }
}

/** Aborts at the first SIGTERM or SIGINT; a second one, or an error that nobody handled, ends the process at once. */
function stopSignal(process: NodeJS.Process, log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info('stopping', { signal: name });
      stop.abort();
    });
  }
  for (const name of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(name, (error: unknown) => {
      log.error(name, error);
      process.exit(1);
    });
  }
  return stop.signal;
}
