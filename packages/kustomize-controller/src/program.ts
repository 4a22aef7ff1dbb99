import { readFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename } from 'node:path';
import { aborted } from '@gotk/apimachinery';
import type { WorkerEntry } from '@gotk/apimachinery/worker';
import { createTreeCache } from '@gotk/artifact';
import { createTokenCache } from '@gotk/auth';
import {
  celEvaluator,
  cloudClusters,
  configWatchFlags,
  createWorkerPool,
  duration,
  featureGates,
  flag,
  integer,
  list,
  type Program,
  poolMetrics,
  sharedGates,
  tenancyFlags,
  text,
  tokenCacheMetrics,
} from '@gotk/runtime';
import { groupKinds } from '@gotk/ssa';
import { createAccounts } from './accounts/accounts.ts';
import { kustomizationController } from './kustomization/controller.ts';
import { POLICY, takeoverFrom } from './kustomization/policy.ts';

/** What `define` of the bundler puts in; a run from source has no version. */
declare const __GOTK_VERSION__: string | undefined;

const MIB = 1024 * 1024;

/** A thread takes 20 MiB, a build most often 10 ms: whoever applies what was built has a processor of its own. */
const BUILDS_AT_ONCE = Math.min(4, Math.max(1, availableParallelism() - 1));

const flags = {
  'concurrent-ssa': integer(4, 'requests at once for the objects of one Kustomization', { min: 1 }),
  'http-retry': integer(9, 'how often an artifact server that fails is asked again'),
  'allow-local-addresses': flag(false, 'let kubeconfigs and encrypted files of tenants name loopback, link-local and metadata addresses'),
  ...configWatchFlags,
  ...tenancyFlags,
  'verify-interval': duration('1h', 'how long an applied object is trusted to be as it was when nothing was heard of it'),
  'custom-apply-stage-kinds': list([], 'kinds that are applied after definitions and before the others, as in apps/Deployment'),
  'override-manager': list([], 'field managers whose fields are taken over'),
  'sops-age-secret': text('', 'Secret in the namespace of the controller with age keys for Kustomizations that name no Secret'),
  'default-decryption-service-account': text('', 'service account to decrypt as for objects that name none'),
  'sops-vault-configmap': text('', 'ConfigMap in the namespace of the controller with the Vault servers to log in to as service accounts'),
  'token-cache-max-size': integer(100, 'tokens held; 0: none'),
  'token-cache-max-duration': duration('1h', 'how long a token is held at most'),
  'feature-gates': featureGates({
    ...sharedGates,
    DisableStatusPollerCache: true,
    StrictPostBuildSubstitutions: true,
    GroupChangeLog: false,
    DisableFailFastBehavior: false,
    CancelHealthCheckOnNewRevision: true,
    MigrateAPIVersion: false,
  }),
} as const;

/** Upstream's flags for what this release does not have, or does in any case. */
const ignored = {
  'no-remote-bases': flag(false, 'refuse bases that are not in the source'),
} as const;

/** The kustomize-controller, whose worker threads start from `entry`. */
export function kustomizeController(entry: WorkerEntry): Program<typeof flags> {
  return {
    name: 'kustomize-controller',
    version: typeof __GOTK_VERSION__ === 'undefined' ? '0.0.0-dev' : __GOTK_VERSION__,
    flags,
    ignoredFlags: ignored,
    async setup(manager, values, { variables, namespace }) {
      const { client, clock } = manager;
      const { ObjectLevelWorkloadIdentity: objectLevel } = values['feature-gates'];
      const defaultServiceAccount = values['default-decryption-service-account'];
      // Whoever sets it must not get a controller that decrypts as itself.
      if (defaultServiceAccount !== '' && !objectLevel)
        throw new Error('cannot set default service accounts when the feature gate ObjectLevelWorkloadIdentity is not enabled');
      const inOwnNamespace = (name: string) => (name === '' ? undefined : { namespace, name });
      const reach = values['allow-local-addresses'] ? 'anywhere' : 'remote';
      const means = {
        clock,
        reach,
        environment: { variables, readFile: (path: string) => readFile(path, 'utf8') },
        cache: createTokenCache({
          clock,
          maxSize: values['token-cache-max-size'],
          maxDurationMs: values['token-cache-max-duration'],
          metrics: tokenCacheMetrics(manager.metrics),
        }),
      } as const;
      const onEvent = poolMetrics(manager.metrics);
      const workers = createWorkerPool({ entry, clock, size: BUILDS_AT_ONCE, onEvent });
      const keyWorkers = createWorkerPool({ entry, clock, size: BUILDS_AT_ONCE, slowSize: 1, onEvent });
      const trees = await createTreeCache({
        root: tmpdir(),
        clock,
        retries: values['http-retry'],
        maxBytes: 1024 * MIB,
        idleBytes: 512 * MIB,
        idleMs: 60_000,
        hostOverride: (url) =>
          url.includes('//source-watcher') ? variables.SOURCE_WATCHER_LOCALHOST : variables.SOURCE_CONTROLLER_LOCALHOST,
        // One tree serves the Kustomizations of many namespaces: it is a tenant of its own.
        unpack: (archive, directory, signal) =>
          workers.run('unpack', { archive, directory }, { signal, deadlineMs: 120_000, of: `${basename(directory)}/tree` }),
      });
      const concurrency = values['concurrent-ssa'];
      const verifyAfterMs = values['verify-interval'];
      const accounts = createAccounts({
        client,
        remotes: manager.remoteClients({
          policy: {
            allowExec: values['insecure-kubeconfig-exec'],
            allowInsecureTls: values['insecure-kubeconfig-tls'],
            allowLocalAddresses: values['allow-local-addresses'],
          },
          defaultServiceAccount: values['default-kubeconfig-service-account'],
          clouds: cloudClusters({ client, means, objectLevel, conceal: manager.conceal }),
        }),
        defaultServiceAccount: values['default-service-account'],
        byNamespace: !values['watch-all-namespaces'],
        settings: {
          clock,
          policy: POLICY,
          takeover: takeoverFrom(values['override-manager'], values['feature-gates'].MigrateAPIVersion),
          stageKinds: groupKinds(values['custom-apply-stage-kinds']),
          concurrency,
          verifyAfterMs,
          onError: (error) => manager.log.debug('watch interrupted', { error: String(error) }),
        },
      });
      manager.addService({
        name: 'applied objects',
        leaderOnly: true,
        run: async (signal) => {
          await aborted(signal);
          await Promise.all([
            accounts[Symbol.asyncDispose](),
            trees[Symbol.asyncDispose](),
            workers[Symbol.asyncDispose](),
            keyWorkers[Symbol.asyncDispose](),
          ]);
        },
      });
      manager.add(
        kustomizationController({
          manager,
          trees,
          workers,
          keyWorkers,
          accounts,
          strictSubstitutions: values['feature-gates'].StrictPostBuildSubstitutions,
          watchConfigs: values['feature-gates'].DisableConfigWatchers ? undefined : values['watch-configs-label-selector'],
          decryption: {
            readSecret: manager.readSecret,
            sharedAgeSecret: inOwnNamespace(values['sops-age-secret']),
            vaultInstances: inOwnNamespace(values['sops-vault-configmap']),
            client,
            defaultServiceAccount,
            reach,
            means,
          },
          objectLevel,
          concurrency: values.concurrent,
          pruneConcurrency: concurrency,
          verifyAfterMs,
          dependencyRetryMs: values['requeue-dependency'],
          crossNamespaceAllowed: !values['no-cross-namespace-refs'],
          directSourceFetch: values['feature-gates'].DirectSourceFetch,
          groupChangeLog: values['feature-gates'].GroupChangeLog,
          failFast: !values['feature-gates'].DisableFailFastBehavior,
          cel: celEvaluator({ workers }),
          additiveDependencyCheck: values['feature-gates'].AdditiveCELDependencyCheck,
          externalArtifacts: values['feature-gates'].ExternalArtifact,
        }),
      );
    },
  };
}
