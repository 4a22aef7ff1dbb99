import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { aborted } from '@gotk/apimachinery';
import { createTreeCache } from '@gotk/artifact';
import { createInformerSet } from '@gotk/kube';
import {
  celEvaluator,
  configWatchFlags,
  createWorkerPool,
  duration,
  featureGates,
  flag,
  integer,
  list,
  notYet,
  type Program,
  poolMetrics,
  sharedGates,
  tenancyFlags,
  text,
  type WorkerEntry,
} from '@gotk/runtime';
import { createApplier, createDriftWatch, createLedger } from '@gotk/ssa';
import { kustomizationController } from './kustomization/controller.ts';
import { POLICY } from './kustomization/policy.ts';

/** What `define` of the bundler puts in; a run from source has no version. */
declare const __GOTK_VERSION__: string | undefined;

const MIB = 1024 * 1024;

const flags = {
  'concurrent-ssa': integer(4, 'requests at once for the objects of one Kustomization', { min: 1 }),
  'http-retry': integer(9, 'how often an artifact server that fails is asked again'),
  'verify-interval': duration('1h', 'how long an applied object is trusted to be as it was when nothing was heard of it'),
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
  ...configWatchFlags,
  ...tenancyFlags,
  // A lockdown of tenants: whoever asks for it must not get a controller that applies everything as itself.
  'default-service-account': notYet('service account to act as for objects that name none'),
  'no-remote-bases': flag(false, 'refuse bases that are not in the source'),
  'override-manager': list([], 'field managers whose fields are taken over'),
  'custom-apply-stage-kinds': list([], 'kinds to apply before the others'),
  'default-decryption-service-account': text('', 'service account to decrypt as for objects that name none'),
  'sops-age-secret': text('', 'Secret with age keys for all'),
  'sops-vault-configmap': text('', 'ConfigMap with allowed vault servers'),
} as const;

/** The kustomize-controller, whose worker threads start from `entry`. */
export function kustomizeController(entry: WorkerEntry): Program<typeof flags> {
  return {
    name: 'kustomize-controller',
    version: typeof __GOTK_VERSION__ === 'undefined' ? '0.0.0-dev' : __GOTK_VERSION__,
    flags,
    ignoredFlags: ignored,
    async setup(manager, values, { variables }) {
      const { client, clock } = manager;
      const workers = createWorkerPool({ entry, clock, onEvent: poolMetrics(manager.metrics) });
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
      const informers = createInformerSet({
        client,
        clock,
        onError: (error) => manager.log.debug('watch interrupted', { error: String(error) }),
      });
      const ledger = createLedger();
      const driftWatch = createDriftWatch({ informers, clock, ledger, policy: POLICY });
      const concurrency = values['concurrent-ssa'];
      const verifyAfterMs = values['verify-interval'];
      manager.addService({
        name: 'applied objects',
        leaderOnly: true,
        run: async (signal) => {
          await aborted(signal);
          driftWatch[Symbol.dispose]();
          await Promise.all([informers[Symbol.asyncDispose](), trees[Symbol.asyncDispose](), workers[Symbol.asyncDispose]()]);
        },
      });
      manager.add(
        kustomizationController({
          manager,
          trees,
          workers,
          informers,
          ledger,
          driftWatch,
          applier: createApplier({ client, clock, ledger, driftWatch, policy: POLICY, concurrency, verifyAfterMs }),
          concurrency: values.concurrent,
          pruneConcurrency: concurrency,
          verifyAfterMs,
          dependencyRetryMs: values['requeue-dependency'],
          crossNamespaceAllowed: !values['no-cross-namespace-refs'],
          cel: celEvaluator({ workers }),
          additiveDependencyCheck: values['feature-gates'].AdditiveCELDependencyCheck,
          externalArtifacts: values['feature-gates'].ExternalArtifact,
        }),
      );
    },
  };
}
