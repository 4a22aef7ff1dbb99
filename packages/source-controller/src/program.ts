import { readFile } from 'node:fs/promises';
import type { WorkerEntry } from '@gotk/apimachinery/worker';
import { DIGEST_ALGORITHMS, openStorage } from '@gotk/artifact';
import { createTokenCache } from '@gotk/auth';
import { createGreetings } from '@gotk/git';
import { createRegistrySessions } from '@gotk/oci';
import {
  address,
  cacheEvents,
  commonFlags,
  configWatchFlags,
  createWorkerPool,
  duration,
  featureGates,
  flag,
  integer,
  list,
  oneOf,
  type Program,
  parseAddress,
  poolMetrics,
  sharedGates,
  text,
  tokenCacheMetrics,
} from '@gotk/runtime';
import { artifactServer } from './artifact-server.ts';
import { bucketController } from './bucket/controller.ts';
import { gitRepositoryController } from './git-repository/controller.ts';
import { sshFlags } from './git-repository/ssh-flags.ts';
import { createSshKeys } from './git-repository/ssh-keys.ts';
import { helmChartController } from './helm-chart/controller.ts';
import { helmRepositoryController } from './helm-repository/controller.ts';
import { createIndexLookups } from './helm-repository/index-lookups.ts';
import { ociRepositoryController } from './oci-repository/controller.ts';
import { storageSweep } from './storage-sweep.ts';

/** What `define` of the bundler puts in; a run from source has no version. */
declare const __GOTK_VERSION__: string | undefined;

const flags = {
  ...configWatchFlags,
  concurrent: { ...commonFlags.concurrent, fallback: 2 },
  'storage-path': text('', 'directory for artifacts; default: $STORAGE_PATH, or /data'),
  'storage-addr': address(':9090', 'address of the artifact server'),
  'storage-adv-addr': text('', 'host, and port unless it is 80, under which consumers reach the artifact server'),
  'artifact-retention-ttl': duration('60s', 'how long an artifact is kept after a newer one took its place'),
  'artifact-retention-records': integer(2, 'artifacts kept of one object at most', { min: 1 }),
  'artifact-digest-algo': oneOf(DIGEST_ALGORITHMS, 'sha256', 'algorithm of artifact digests'),
  'allow-local-addresses': flag(false, 'let sources be on loopback, link-local and metadata addresses'),
  'registry-token-realms': list([], 'hosts that any registry may name as where to log in for a token'),
  'token-cache-max-size': integer(100, 'tokens held; 0: none'),
  'token-cache-max-duration': duration('1h', 'how long a token is held at most'),
  ...sshFlags,
  'helm-index-max-size': integer(52_428_800, 'largest index of a Helm repository, in bytes', { min: 1 }),
  'helm-chart-max-size': integer(10_485_760, 'largest packaged chart, in bytes', { min: 1 }),
  'helm-chart-file-max-size': integer(5_242_880, 'largest file of a chart, in bytes', { min: 1 }),
  'feature-gates': featureGates({ ...sharedGates, CacheSecretsAndConfigMaps: false }),
} as const;

/** Upstream's flags for what this release does not have, or has no need of. */
const ignored = {
  'helm-cache-max-size': integer(0, 'charts held in memory'),
  'helm-cache-ttl': duration('15m', 'how long a chart is held'),
  'helm-cache-purge-interval': duration('1m', 'how often charts are let go of'),
  'default-service-account': text('', 'service account to log in to registries and buckets as for objects that name none'),
  'requeue-dependency': duration('30s', 'pause between looks at a dependency'),
} as const;

/**
 * A thread holds objects of a pack as a whole, of up to 100 MiB each: the base of a delta, the delta, and what it makes; and those before, until they are collected.
 * With 448 a repository of four such objects that are deltas of each other fails.
 */
const OBJECTS_MIB = 640;

/** The source-controller, whose worker threads start from `entry`. */
export function sourceController(entry: WorkerEntry): Program<typeof flags> {
  return {
    name: 'source-controller',
    version: typeof __GOTK_VERSION__ === 'undefined' ? '0.0.0-dev' : __GOTK_VERSION__,
    flags,
    ignoredFlags: ignored,
    async setup(manager, values, { namespace, variables }) {
      const { host, port } = parseAddress(values['storage-addr']);
      const storage = await openStorage({
        root: values['storage-path'] || variables.STORAGE_PATH || '/data',
        advertisedAddress: values['storage-adv-addr'] || variables.STORAGE_ADV_ADDR || `source-controller.${namespace}.svc.cluster.local.`,
        retentionMs: values['artifact-retention-ttl'],
        retentionRecords: values['artifact-retention-records'],
        clock: manager.clock,
        mayWrite: () => manager.mayWrite(),
      });
      const onEvent = poolMetrics(manager.metrics);
      const workers = createWorkerPool({ entry, clock: manager.clock, maxOffHeapMiB: OBJECTS_MIB, onEvent });
      manager.addService(storageSweep(storage));
      manager.addService(artifactServer({ root: storage.root, host, port, log: manager.log }));
      const deps = {
        manager,
        storage,
        workers,
        algorithm: values['artifact-digest-algo'],
        reach: values['allow-local-addresses'] ? 'anywhere' : 'remote',
        cloud: {
          environment: { variables, readFile: (path: string) => readFile(path, 'utf8') },
          tokens: createTokenCache({
            clock: manager.clock,
            maxSize: values['token-cache-max-size'],
            maxDurationMs: values['token-cache-max-duration'],
            metrics: tokenCacheMetrics(manager.metrics),
          }),
          objectLevel: values['feature-gates'].ObjectLevelWorkloadIdentity,
        },
        registries: {
          sessions: createRegistrySessions(),
          realms: values['registry-token-realms'],
        },
        concurrency: values.concurrent,
        watchSecrets: values['feature-gates'].DisableConfigWatchers ? undefined : values['watch-configs-label-selector'],
      } as const;
      const ssh = {
        keys: createSshKeys({ workers, clock: manager.clock }),
        algorithms: { keyExchange: values['ssh-kex-algos'], hostKey: values['ssh-hostkey-algos'] },
      };
      manager.add(gitRepositoryController({ ...deps, ssh, greetings: createGreetings() }));
      manager.add(bucketController(deps));
      manager.add(ociRepositoryController(deps));
      const helmLimits = {
        indexBytes: values['helm-index-max-size'],
        chartBytes: values['helm-chart-max-size'],
        fileBytes: values['helm-chart-file-max-size'],
      };
      const lookups = createIndexLookups({ storage, workers, maxIndexBytes: helmLimits.indexBytes });
      const helm = { ...deps, lookups, helmLimits, cacheEvents: cacheEvents(manager.metrics) };
      manager.add(helmRepositoryController(helm));
      manager.add(helmChartController(helm));
    },
  };
}
