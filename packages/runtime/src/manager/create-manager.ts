import { deadlineSignal, type KubeObject, type Resource } from '@gotk/apimachinery';
import { createSecretMasks } from '@gotk/auth';
import { createRemoteClients, type Informer, type RemoteClients } from '@gotk/kube';
import { createBackOff } from '../controller/back-off.ts';
import type { Controller } from '../controller/controller.ts';
import { type Runner, type RunnerOptions, startRunner } from '../controller/runner.ts';
import { createElection, type Election } from '../election/leader-election.ts';
import { leaseName } from '../election/lease-name.ts';
import { httpEventSink } from '../events/event-sink.ts';
import { createRecorder } from '../events/recorder.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createLiveness } from '../servers/liveness.ts';
import { createReadiness } from '../servers/readiness.ts';
import { serveMetrics, serveProbes } from '../servers/servers.ts';
import { firstOf } from './drain.ts';
import { guardedClient } from './guarded-client.ts';
import { createProcessInformers } from './informers.ts';
import { live } from './life.ts';
import type { Manager, Secret, Service } from './manager.ts';
import type { ManagerOptions } from './manager-options.ts';
import { createOutage } from './outage.ts';

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
  let runners: readonly Runner[] = [];
  const outage = createOutage({
    clock,
    onOver(sinceMs) {
      log.info('the API server answers again', { afterSeconds: Math.round((clock.monotonic() - sinceMs) / 1000) });
      for (const runner of runners) runner.recover(sinceMs);
    },
  });
  const { client, silentForMs } = guardedClient(options.client, { mayWrite, clock, outage });
  const informers = createProcessInformers({
    client,
    clock,
    log,
    metrics,
    namespace: options.watchNamespace,
    stalledAfterMs: options.watchStalledAfterMs,
  });
  const services: Service[] = [];
  const remotes: RemoteClients[] = [];
  const starts: (() => Runner)[] = [];
  const own: { readonly resource: Resource<KubeObject>; readonly informer: Pick<Informer<KubeObject>, 'served'> }[] = [];
  const sink = options.eventsAddress
    ? httpEventSink({ url: options.eventsAddress, clock, log, onDropped: metrics.eventDropped })
    : undefined;
  const recorder = createRecorder({ client, clock, log, controllerName: name, instance, masks, ...(sink === undefined ? {} : { sink }) });

  const readiness = createReadiness({
    clock,
    silentForMs,
    unsynced: informers.unsynced,
    unserved: () => own.filter(({ informer }) => informer.served === false).map(({ resource }) => resource.kind),
    services: () => services,
    async ask() {
      const resource = own[0]?.resource;
      if (resource === undefined) return;
      using deadline = deadlineSignal({ timeoutMs: ASK_TIMEOUT_MS, clock });
      // A name that nothing has, answered from the server's own cache: no more than a ping, with the rights we have anyway.
      const nothing = { fieldSelector: 'metadata.name=readiness-probe', resourceVersion: '0', metadataOnly: true };
      await client.list(resource, { ...informers.scopeOf(resource), ...nothing, signal: deadline.signal });
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
    informer: informers.get,
    async readSecret(key, { signal }) {
      const secret = await client.get(secrets, key, { signal });
      masks.of(key.namespace).learnSecret(secret);
      return secret;
    },
    conceal: (namespace, text) => masks.of(namespace).hide(text),
    remoteClients({ policy = {}, defaultServiceAccount, clouds }) {
      const clients = createRemoteClients({
        client,
        clock,
        policy,
        defaultServiceAccount,
        clouds,
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
      const cache = informers.get(resource, {
        ...(options.watchLabelSelector ? { labelSelector: options.watchLabelSelector } : {}),
        ...(indexes === undefined ? {} : { indexes }),
      });
      own.push({ resource, informer: cache });
      starts.push(() => startRunner(runnerOptions(controller, cache)));
    },
    addService: (service) => services.push(service),
    async run(signal) {
      await using stack = new AsyncDisposableStack();
      stack.use(informers);
      stack.defer(async () => void (await Promise.all(remotes.map((clients) => clients.close()))));
      await serve(stack);
      const onRunners = (now: readonly Runner[]) => {
        runners = now;
      };
      const { whenSynced } = informers;
      const { graceMs = DEFAULT_GRACE_MS } = options;
      const failure = await live({ clock, log, election, services, whenSynced, starts, onRunners, graceMs }, signal);
      await firstOf(recorder.flush(), { clock, ms: FLUSH_MS });
      if (failure !== undefined) throw failure;
    },
  };
}
