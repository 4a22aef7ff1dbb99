import { hostname } from 'node:os';
import { systemClock } from '@gotk/apimachinery';
import { createSecretMasks, type SecretMasks } from '@gotk/auth';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import type { Logger } from '../log/log.ts';
import { createLogLevel, type LogLevelSwitch } from '../log/log-level.ts';
import { createLogger } from '../log/pino-logger.ts';
import { createManager } from '../manager/create-manager.ts';
import type { Manager } from '../manager/manager.ts';
import type { ManagerOptions } from '../manager/manager-options.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { startTracing } from '../tracing/start.ts';
import { commonFlags, ignoredFlags } from './common-flags.ts';
import { type FlagTable, type FlagValues, parseFlags, renderHelp, UsageError } from './flags.ts';
import { stopSignal } from './stop-signal.ts';

/** The values of the common flags and of a controller's own, which may stand in for a common one. */
export type ProgramValues<Table extends FlagTable> = Omit<FlagValues<typeof commonFlags>, keyof Table> & FlagValues<Table>;

export interface Program<Table extends FlagTable> {
  /** Such as `source-controller`. */
  readonly name: string;
  readonly version: string;
  /** The controller's own flags; they may override a common one's default. */
  readonly flags: Table;
  /** Upstream's flags that mean nothing to this controller: accepted, and named in the log once. */
  readonly ignoredFlags?: FlagTable;
  readonly setup: (manager: Manager, values: ProgramValues<Table>, environment: Environment) => void | Promise<void>;
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
 * Resolves with the exit code, to be passed to `process.exit`: 0 after SIGTERM or SIGINT, 1 when something that cannot be survived happened (the lease was
 * lost, a service failed, a port is taken), 2 for a wrong command line.
 */
export async function runMain<Table extends FlagTable>(program: Program<Table>, process: NodeJS.Process): Promise<number> {
  const table = { ...commonFlags, ...program.flags };
  const args = process.argv.slice(2);
  if (args.some((argument) => /^--?h(elp)?$/.test(argument))) {
    process.stdout.write(renderHelp(program.name, table));
    return 0;
  }
  let start: Start<Table>;
  try {
    const { values, given, ignored } = parseFlags(args, table, { ...ignoredFlags, ...program.ignoredFlags });
    const firmRate = given.has('kube-api-qps') || given.has('kube-api-burst');
    start = { program, process, ignored, firmRate, common: values, values: values as unknown as ProgramValues<Table> };
    checkElection(start.common);
    rateOf(start.common);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${program.name}: ${error.message}; see --help\n`);
    return 2;
  }
  const logLevel = createLogLevel(start.common['log-level']);
  const masks = createSecretMasks();
  const log = createLogger({ level: logLevel, encoding: start.common['log-encoding'], masks });
  const stop = stopSignal(process, log);
  try {
    await run({ ...start, log, logLevel, masks }, stop);
    log.info('stopped');
    return 0;
  } catch (error) {
    log.error(`${program.name} ends`, error);
    return 1;
  }
}

type CommonValues = FlagValues<typeof commonFlags>;

interface Start<Table extends FlagTable> {
  readonly program: Program<Table>;
  readonly process: NodeJS.Process;
  readonly ignored: readonly string[];
  /** The operator has said how many requests there may be. */
  readonly firmRate: boolean;
  readonly common: CommonValues;
  readonly values: ProgramValues<Table>;
}

interface Started<Table extends FlagTable> extends Start<Table> {
  readonly log: Logger;
  readonly logLevel: LogLevelSwitch;
  readonly masks: SecretMasks;
}

async function run<Table extends FlagTable>(start: Started<Table>, signal: AbortSignal): Promise<void> {
  const { program, process, ignored, firmRate, common, values, log, logLevel, masks } = start;
  const environment: Environment = { namespace: process.env.RUNTIME_NAMESPACE ?? 'flux-system', variables: process.env };
  log.info(`starting ${program.name}`, { version: program.version, node: process.version });
  if (ignored.length > 0) log.info('flags without effect here', { flags: ignored });
  const metrics = createMetrics();
  const { name: serviceName, version } = program;
  await using tracing = await startTracing({ variables: process.env, serviceName, version, clock: systemClock, log, masks });
  const connection = await loadConnection({ kubeconfigPath: process.env.KUBECONFIG });
  const client = createKubeClient({
    connection,
    userAgent: `${program.name}/${program.version}`,
    ...rateOf(common),
    firmRate,
    onRequest: metrics.requestsTo(connection.server),
  });
  const manager = createManager({
    name: program.name,
    instance: process.env.HOSTNAME ?? hostname(),
    client,
    clock: systemClock,
    log,
    logLevel,
    masks,
    metrics,
    traces: tracing.root,
    ...fromFlags(common, environment),
  });
  try {
    await program.setup(manager, values, environment);
    await manager.run(signal);
  } finally {
    await client.close();
  }
}

function fromFlags(flags: CommonValues, { namespace }: Environment): Partial<ManagerOptions> {
  return {
    metricsAddress: flags['metrics-addr'],
    healthAddress: flags['health-addr'],
    eventsAddress: flags['events-addr'],
    watchLabelSelector: flags['watch-label-selector'],
    minRetryDelayMs: flags['min-retry-delay'],
    maxRetryDelayMs: flags['max-retry-delay'],
    intervalJitter: flags['interval-jitter-percentage'] / 100,
    graceMs: flags['graceful-shutdown-timeout'],
    ...(flags['watch-all-namespaces'] ? {} : { watchNamespace: namespace }),
    ...(flags['enable-leader-election'] ? { election: electionOf(flags, namespace) } : {}),
  };
}

const electionOf = (flags: CommonValues, namespace: string): NonNullable<ManagerOptions['election']> => ({
  namespace,
  leaseDurationMs: flags['leader-election-lease-duration'],
  renewDeadlineMs: flags['leader-election-renew-deadline'],
  retryPeriodMs: flags['leader-election-retry-period'],
  releaseOnCancel: flags['leader-election-release-on-cancel'],
});

/** As in client-go: a negative rate is no ceiling. Throws `UsageError` for one under which nothing would ever be sent. */
function rateOf(flags: CommonValues): { readonly qps: number; readonly burst: number } {
  const [qps, burst] = [flags['kube-api-qps'], flags['kube-api-burst']];
  if (qps < 0) return { qps: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER };
  if (qps === 0 || burst < 1)
    throw new UsageError('--kube-api-qps must not be 0, nor --kube-api-burst less than 1 while there is a ceiling');
  return { qps, burst };
}

/** A leader must give up before its lease runs out, and have tried more than once by then. */
function checkElection(flags: CommonValues): void {
  const [lease, deadline, retry] = [
    flags['leader-election-lease-duration'],
    flags['leader-election-renew-deadline'],
    flags['leader-election-retry-period'],
  ];
  if (lease < 1_000 || lease <= deadline)
    throw new UsageError('--leader-election-lease-duration must be longer than --leader-election-renew-deadline, and a second at least');
  if (deadline <= 1.2 * retry || retry === 0)
    throw new UsageError('--leader-election-renew-deadline must be longer than --leader-election-retry-period');
}
