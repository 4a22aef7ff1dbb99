import { aborted, type Clock, deadlineSignal, type KubeObject, type Resource } from '@gotk/apimachinery';
import { createSecretMasks, type SecretMasks } from '@gotk/auth';
import {
  createInformerSet,
  createRemoteClients,
  type Indexes,
  type Informer,
  type KubeClient,
  NoMatch,
  type RemoteClients,
  type Selectors,
} from '@gotk/kube';
import { createBackOff } from '../controller/back-off.ts';
import type { Controller } from '../controller/controller.ts';
import { type Runner, type RunnerOptions, startRunner } from '../controller/runner.ts';
import { createElection, type Election } from '../election/leader-election.ts';
import { leaseName } from '../election/lease-name.ts';
import { httpEventSink } from '../events/event-sink.ts';
import { createRecorder } from '../events/recorder.ts';
import type { Logger } from '../log/log.ts';
import type { LogLevelSwitch } from '../log/log-level.ts';
import { createMetrics, type RuntimeMetrics } from '../metrics/metrics.ts';
import { createLiveness } from '../servers/liveness.ts';
import { createReadiness } from '../servers/readiness.ts';
import { serveMetrics, serveProbes } from '../servers/servers.ts';
import type { Span } from '../tracing/span.ts';
import { firstOf, workUntil } from './drain.ts';
import { guardedClient } from './guarded-client.ts';
import type { Manager, Secret, Service } from './manager.ts';
import { createOutage } from './outage.ts';

export interface ManagerOptions {
  /** Such as `kustomize-controller`: reporter of events, prefix of the lease, manager of the fields it writes. */
  readonly name: string;
  /** This process: the pod's name. */
  readonly instance: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: RuntimeMetrics;
  /** What is known of each namespace's Secrets; shared with `log`, which keeps it out of its lines. */
  readonly masks?: SecretMasks;
  /** The switch of `log`, to be turned through the health server; absent: nobody can. */
  readonly logLevel?: LogLevelSwitch;
  /** Where runs show as traces; absent: nowhere. */
  readonly traces?: Span;
  /** Only objects of this namespace are reconciled; absent: all. */
  readonly watchNamespace?: string;
  /** Only objects with these labels are reconciled (`--watch-label-selector`). */
  readonly watchLabelSelector?: string;
  /** `:8080`; absent or empty: no server. */
  readonly metricsAddress?: string;
  readonly healthAddress?: string;
  /** Where events are posted to; absent or empty: nowhere. */
  readonly eventsAddress?: string;
  readonly election?: {
    readonly namespace: string;
    readonly leaseDurationMs: number;
    readonly renewDeadlineMs: number;
    readonly retryPeriodMs: number;
    readonly releaseOnCancel?: boolean;
  };
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly intervalJitter?: number;
  /** A watch that is silent for longer is taken for dead; default: a little more than the minute within which the server sends a bookmark. */
  readonly watchStalledAfterMs?: number;
  /** How long runs in progress may go on after the signal aborted, before they are aborted themselves. */
  readonly graceMs?: number;
  readonly random?: () => number;
  /** Told where each server listens: with port 0 nobody knows before. */
  readonly onListening?: (server: 'metrics' | 'health', url: string) => void;
}

const secrets: Resource<Secret> = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const DEFAULT_GRACE_MS = 3_000;
const FLUSH_MS = 3_000;
/** The kubelet gives a probe a second. */
const ASK_TIMEOUT_MS = 900;

export function createManager(options: ManagerOptions): Manager {
  const { name, instance, clock, log, random = Math.random, masks = createSecretMasks() } = options;
  const metrics = options.metrics ?? createMetrics();
  const election: Election | undefined =
    options.election &&
    createElection({
      ...options.election,
      client: options.client,
      clock,
      log,
      name: leaseName(name, options.watchLabelSelector),
      identity: `${instance}_${crypto.randomUUID()}`,
    });
  const mayWrite = () => election === undefined || election.holds();
  if (election !== undefined) metrics.leads(leaseName(name, options.watchLabelSelector), election.holds);
  const runners = new Set<Runner>();
  const outage = createOutage({
    clock,
    onOver(sinceMs) {
      log.info('the API server answers again', { afterSeconds: Math.round((clock.monotonic() - sinceMs) / 1000) });
      for (const runner of runners) runner.recover(sinceMs);
    },
  });
  const { client, silentForMs } = guardedClient(options.client, { mayWrite, clock, outage });
  const set = createInformerSet({
    client,
    clock,
    onError: (error) =>
      error instanceof NoMatch
        ? log.info('a kind is not served, it is waited for', { kind: error.gvk.kind, group: error.gvk.group })
        : log.debug('watch interrupted', { error: String(error) }),
  });
  const informers = new Map<Informer<KubeObject>, string>();
  const services: Service[] = [];
  const remotes: RemoteClients[] = [];
  const starts: (() => Runner)[] = [];
  const own: Resource<KubeObject>[] = [];
  const needed = new Set<Informer<KubeObject>>();
  const sink = options.eventsAddress
    ? httpEventSink({ url: options.eventsAddress, clock, log, onDropped: metrics.eventDropped })
    : undefined;
  const recorder = createRecorder({ client, clock, log, controllerName: name, instance, masks, ...(sink === undefined ? {} : { sink }) });
  const scopeOf = (resource: Resource<KubeObject>) =>
    options.watchNamespace !== undefined && resource.namespaced ? { namespace: options.watchNamespace } : {};

  const informer = <T extends KubeObject>(
    resource: Resource<T>,
    selectors: Selectors & { readonly indexes?: Indexes<T> } = {},
  ): Informer<T> => {
    const stalledAfterMs = options.watchStalledAfterMs === undefined ? {} : { stalledAfterMs: options.watchStalledAfterMs };
    const held = set.hold(resource, { ...scopeOf(resource), ...selectors, ...stalledAfterMs }).informer;
    const known = held as unknown as Informer<KubeObject>;
    if (!informers.has(known)) metrics.informer(resource.kind, known);
    informers.set(known, resource.kind);
    return held;
  };

  const readiness = createReadiness({
    clock,
    silentForMs,
    unsynced: () => [...informers].filter(([{ synced }]) => !synced).map(([, kind]) => kind),
    unserved: () => [...needed].filter(({ served }) => served === false).map((each) => informers.get(each) ?? ''),
    services: () => services,
    async ask() {
      const resource = own[0];
      if (resource === undefined) return;
      using deadline = deadlineSignal({ timeoutMs: ASK_TIMEOUT_MS, clock });
      // A name that nothing has, answered from the server's own cache: no more than a ping, with the rights we have anyway.
      const nothing = { fieldSelector: 'metadata.name=readiness-probe', resourceVersion: '0', metadataOnly: true };
      await client.list(resource, { ...scopeOf(resource), ...nothing, signal: deadline.signal });
    },
  });

  const serve = async (stack: AsyncDisposableStack): Promise<void> => {
    const { notReady } = stack.use(readiness);
    const { notAlive } = stack.use(createLiveness({ clock }));
    for (const [kind, address, start] of [
      ['metrics', options.metricsAddress, (at: string) => serveMetrics(at, metrics)],
      ['health', options.healthAddress, (at: string) => serveProbes(at, { notReady, notAlive, log, levels: options.logLevel })],
    ] as const) {
      if (address === undefined || address === '' || address === '0') continue;
      const { url } = stack.use(await start(address));
      log.info(`serving ${kind}`, { url });
      options.onListening?.(kind, url);
    }
  };

  const runnerOptions = <T extends KubeObject>(controller: Controller<T>, cache: Informer<T>): RunnerOptions<T> => ({
    controller,
    informer: cache,
    client,
    clock,
    log,
    recorder,
    masks,
    metrics: metrics.forController(controller.name, controller.concurrency),
    backOff: createBackOff({ minMs: options.minRetryDelayMs ?? 750, maxMs: options.maxRetryDelayMs ?? 900_000, random }),
    fieldManager: controller.statusManager ?? name,
    intervalJitter: options.intervalJitter ?? 0.05,
    random,
    traces: options.traces,
  });

  return {
    client,
    clock,
    log,
    metrics: metrics.registry,
    mayWrite,
    informer,
    async readSecret(key, { signal }) {
      const secret = await client.get(secrets, key, { signal });
      masks.of(key.namespace).learnSecret(secret);
      return secret;
    },
    remoteClients({ policy = {}, defaultServiceAccount }) {
      const clients = createRemoteClients({
        client,
        clock,
        policy,
        defaultServiceAccount,
        userAgent: name,
        wrap: (remote) => guardedClient(remote, { mayWrite, clock }).client,
        onSecret: (secret: Secret) => masks.of(secret.metadata.namespace ?? '').learnSecret(secret),
        onRequest: metrics.requestsTo('remote'),
      });
      remotes.push(clients);
      return clients;
    },
    add(controller) {
      const { resource, indexes } = controller;
      const cache = informer(resource, {
        ...(options.watchLabelSelector ? { labelSelector: options.watchLabelSelector } : {}),
        ...(indexes === undefined ? {} : { indexes }),
      });
      own.push(resource);
      needed.add(cache as unknown as Informer<KubeObject>);
      starts.push(() => startRunner(runnerOptions(controller, cache)));
    },
    addService: (service) => services.push(service),
    async run(signal) {
      await using stack = new AsyncDisposableStack();
      stack.use(set);
      stack.defer(async () => void (await Promise.all(remotes.map((clients) => clients.close()))));
      const failed = new AbortController();
      const life = AbortSignal.any([signal, failed.signal]);
      const guarded = async (work: Promise<void>): Promise<void> => {
        try {
          await work;
        } catch (error) {
          if (!life.aborted) failed.abort(error);
        }
      };
      const lead = async (leading: AbortSignal): Promise<void> => {
        // Runs that are being drained still need what the services serve.
        const drained = new AbortController();
        const led = services.filter(({ leaderOnly }) => leaderOnly).map((service) => guarded(service.run(drained.signal)));
        await Promise.race([Promise.all([...informers.keys()].map((each) => each.whenSynced(leading))), aborted(leading)]).catch(
          () => undefined,
        );
        using started = new DisposableStack();
        if (!leading.aborted) {
          log.info('caches are synced, controllers start');
          await workUntil(
            leading,
            starts.map((start) => {
              const runner = started.use(start());
              runners.add(runner);
              return runner;
            }),
            { clock, log, graceMs: options.graceMs ?? DEFAULT_GRACE_MS },
          );
        }
        runners.clear();
        drained.abort();
        await Promise.all(led);
      };
      await serve(stack);
      const ended = new AbortController();
      const everywhere = services.filter(({ leaderOnly }) => !leaderOnly).map((service) => guarded(service.run(ended.signal)));
      await guarded(election === undefined ? lead(life) : election.whileLeading(lead, life));
      if (!life.aborted) failed.abort(new Error('leadership ended'));
      ended.abort();
      await Promise.all(everywhere);
      await firstOf(recorder.flush(), { clock, ms: FLUSH_MS });
      if (failed.signal.aborted) throw failed.signal.reason;
    },
  };
}
