import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import { redact } from '@gotk/auth';
import { createInformerSet, type Indexes, type Informer, type KubeClient, type Selectors } from '@gotk/kube';
import { createBackOff } from './back-off.ts';
import type { Controller } from './controller.ts';
import { runController } from './controller-runner.ts';
import { httpEventSink } from './event-sink.ts';
import { whileLeading } from './leader-election.ts';
import type { Logger } from './log.ts';
import type { Manager, Service } from './manager.ts';
import { createMetrics, type RuntimeMetrics } from './metrics.ts';
import { createRecorder } from './recorder.ts';
import { serveMetrics, serveProbes } from './servers.ts';
import type { StatusBearing } from './summarise.ts';

export interface ManagerOptions {
  /** Such as `kustomize-controller`: reporter of events, prefix of the lease. */
  readonly name: string;
  /** This process: the pod's name. */
  readonly instance: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: RuntimeMetrics;
  /** Only objects of this namespace are reconciled; absent: all. */
  readonly watchNamespace?: string;
  /** Only objects with these labels are reconciled (`--watch-label-selector`). */
  readonly watchLabelSelector?: string;
  readonly metricsAddress?: string;
  readonly healthAddress?: string;
  readonly eventsAddress?: string;
  readonly election?: {
    readonly namespace: string;
    readonly leaseDurationMs: number;
    readonly renewDeadlineMs: number;
    readonly retryPeriodMs: number;
  };
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly intervalJitter?: number;
  readonly graceMs?: number;
  readonly random?: () => number;
}

/** A cache that has not heard from the API server for longer says nothing about the present. */
const SILENT_MS = 100_000;

export function createManager(options: ManagerOptions): Manager {
  const { name, client, clock, log, random = Math.random } = options;
  const metrics = options.metrics ?? createMetrics();
  const set = createInformerSet({ client, clock, onError: (error) => log.debug('watch interrupted', { error: String(error) }) });
  const services: Service[] = [];
  const starts: ((signal: AbortSignal) => Promise<void>)[] = [];
  const informers = new Set<Informer<KubeObject>>();

  const sink = options.eventsAddress ? httpEventSink({ url: options.eventsAddress, clock, log }) : undefined;
  const recorder = createRecorder({
    client,
    clock,
    log,
    controllerName: name,
    instance: options.instance,
    redact,
    ...(sink === undefined ? {} : { sink }),
  });

  const informer = <T extends KubeObject>(
    resource: Resource<T>,
    selectors: Selectors & { readonly indexes?: Indexes<T> } = {},
  ): Informer<T> => {
    const scope = options.watchNamespace !== undefined && resource.namespaced ? { namespace: options.watchNamespace } : {};
    const held = set.hold(resource, { ...scope, ...selectors }).informer;
    informers.add(held as unknown as Informer<KubeObject>);
    return held;
  };

  const notReady = (): string | undefined => {
    for (const each of informers) {
      if (!each.synced) return 'caches have not synced';
      if (each.silentForMs() > SILENT_MS) return 'the API server has gone silent';
    }
    const service = services.find(({ ready }) => ready?.() === false);
    return service === undefined ? undefined : `${service.name} is not ready`;
  };

  return {
    client,
    clock,
    log,
    metrics: metrics.registry,
    informer,
    add<T extends StatusBearing>(controller: Controller<T>) {
      const labelled = options.watchLabelSelector ? { labelSelector: options.watchLabelSelector } : {};
      const own = informer(controller.resource, {
        ...labelled,
        ...(controller.indexes === undefined ? {} : { indexes: controller.indexes }),
      });
      starts.push((signal) =>
        runController(
          {
            controller,
            informer: own,
            client,
            clock,
            log,
            recorder,
            metrics: metrics.forController(controller.name),
            backOff: createBackOff({ minMs: options.minRetryDelayMs ?? 750, maxMs: options.maxRetryDelayMs ?? 900_000, random }),
            intervalJitter: options.intervalJitter ?? 0.05,
            random,
            graceMs: options.graceMs ?? 10_000,
          },
          signal,
        ),
      );
    },
    addService(service) {
      services.push(service);
    },
    async run(signal) {
      await using servers = new AsyncDisposableStack();
      if (options.metricsAddress !== undefined) servers.use(await serveMetrics(options.metricsAddress, metrics.registry));
      if (options.healthAddress !== undefined) servers.use(await serveProbes(options.healthAddress, { notReady }));

      const failed = new AbortController();
      const life = AbortSignal.any([signal, failed.signal]);
      const guarded = async (work: Promise<void>): Promise<void> => {
        try {
          await work;
        } catch (error) {
          if (!life.aborted) failed.abort(error);
        }
      };
      const everywhere = services.filter(({ leaderOnly }) => !leaderOnly).map((service) => guarded(service.run(life)));
      const lead = async (leading: AbortSignal): Promise<void> => {
        const led = services.filter(({ leaderOnly }) => leaderOnly).map((service) => guarded(service.run(leading)));
        await Promise.all([...informers].map((each) => each.whenSynced(leading))).catch((error) => {
          if (!leading.aborted) throw error;
        });
        if (!leading.aborted) log.info('caches are synced, controllers start');
        await Promise.all([...led, ...starts.map((start) => guarded(start(leading)))]);
      };
      const led =
        options.election === undefined
          ? lead(life)
          : whileLeading(
              {
                ...options.election,
                client,
                clock,
                log,
                name: `${name}-leader-election`,
                identity: `${options.instance}_${crypto.randomUUID()}`,
              },
              lead,
              life,
            );
      await guarded(led);
      await Promise.all(everywhere);
      await Promise.race([recorder.flush(), clock.sleep(5_000)]);
      await set[Symbol.asyncDispose]();
      if (failed.signal.aborted) throw failed.signal.reason;
    },
  };
}
