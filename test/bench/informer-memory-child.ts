// What one informer costs its process. Started by informer-memory-main.ts, once for each line of the table; prints one line of JSON.
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from '@gotk/apimachinery';
import { createInformer, createKubeClient, type InformerOptions, withoutManagedFields } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { deployments } from './informer-objects.ts';
import { processUsage } from './process-usage.ts';

export interface Sample {
  readonly objects: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  /** Resident, beyond what the process had before: at once, after a few seconds of rest, and at the highest. */
  readonly syncedMiB: number;
  readonly restedMiB: number;
  readonly peakMiB: number;
  /** Live heap, beyond what the process had before. */
  readonly heapMiB: number;
}

const REST_MS = 5_000;

/** What a kind's holder keeps. */
const keeps: Readonly<Record<string, Pick<InformerOptions<KubeObject>, 'metadataOnly' | 'transform'>>> = {
  'metadata without managedFields': { metadataOnly: true, transform: withoutManagedFields },
  'metadata, all of it': { metadataOnly: true, transform: (object) => object },
  'full without managedFields': { transform: withoutManagedFields },
  'full objects': { transform: (object) => object },
};

export const KEEPS = Object.keys(keeps);

if (process.send !== undefined && import.meta.main) {
  const [kubeconfigPath = '', keep = '', filling = 'paged'] = process.argv.slice(2);
  const connection = await loadConnection({ kubeconfigPath });
  let requests = 0;
  const client = createKubeClient({ connection, userAgent: 'bench', onRequest: () => (requests += 1) });
  const stop = new AbortController();
  await client.list(deployments, { limit: 1, signal: stop.signal });
  requests = 0;
  globalThis.gc?.();
  await delay(1_000);
  const heapBefore = process.memoryUsage().heapUsed;
  const before = await processUsage(process.pid);

  const started = performance.now();
  const informer = createInformer({
    client,
    resource: deployments,
    filling: filling === 'streamed' ? 'streamed' : 'paged',
    ...keeps[keep],
  });
  const running = informer.run(stop.signal);
  await informer.whenSynced(stop.signal);
  const seconds = (performance.now() - started) / 1000;
  const synced = await processUsage(process.pid);
  await delay(REST_MS);
  const rested = await processUsage(process.pid);
  // Last, because the resident sizes must be those of a process that nobody helps.
  globalThis.gc?.();
  const sample: Sample = {
    objects: informer.list().length,
    seconds,
    cpuSeconds: synced.cpuSeconds - before.cpuSeconds,
    requests,
    syncedMiB: synced.rssMiB - before.rssMiB,
    restedMiB: rested.rssMiB - before.rssMiB,
    peakMiB: rested.peakRssMiB - before.rssMiB,
    heapMiB: (process.memoryUsage().heapUsed - heapBefore) / 1024 / 1024,
  };
  process.send(sample);
  stop.abort();
  await running;
  await client.close();
  process.disconnect();
}
