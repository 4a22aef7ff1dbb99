import { LOG_LEVELS } from '../log/log-level.ts';
import { address, decimal, duration, featureGates, flag, httpUrl, integer, oneOf, selector, text } from './flags.ts';

/** The flags that every controller has, with upstream's names and defaults. Durations are milliseconds. */
export const commonFlags = {
  'metrics-addr': address(':8080', 'address of /metrics'),
  'health-addr': address(':9440', 'address of /healthz and /readyz'),
  'events-addr': httpUrl('URL of the notification-controller; empty: events stay in the cluster'),
  concurrent: integer(4, 'objects reconciled at once', { min: 1 }),
  'requeue-dependency': duration('30s', 'how long a missed dependency event can go unnoticed'),
  'watch-all-namespaces': flag(true, 'watch all namespaces, not only that of RUNTIME_NAMESPACE'),
  'watch-label-selector': selector('', 'reconcile only objects with these labels'),
  'kube-api-qps': decimal(
    50,
    'requests to the API server a second, sustained; unless given, only where it has no Priority and Fairness; below 0: any number',
  ),
  'kube-api-burst': integer(300, 'requests to the API server at once', { min: -1 }),
  'log-level': oneOf(LOG_LEVELS, 'info', 'least severe level that is logged'),
  'log-encoding': oneOf(['json', 'console'], 'json', 'format of the log'),
  'enable-leader-election': flag(false, 'reconcile only while holding the Lease of this controller'),
  'leader-election-lease-duration': duration('35s', 'how long a lease that is not renewed is respected'),
  'leader-election-renew-deadline': duration('30s', 'how long the leader tries to renew before it steps down'),
  'leader-election-retry-period': duration('5s', 'how often the lease is tried for and renewed'),
  'leader-election-release-on-cancel': flag(true, 'hand the lease back at the end, so that the next leader need not wait'),
  'min-retry-delay': duration('750ms', 'first delay after a failure'),
  'max-retry-delay': duration('15m', 'longest delay after failures in a row'),
  'interval-jitter-percentage': integer(5, 'how far intervals are spread to either side', { max: 99 }),
  'graceful-shutdown-timeout': duration('3s', 'how long runs in progress may go on after SIGTERM before they are aborted'),
  'no-cross-namespace-refs': flag(false, 'refuse references to objects of other namespaces'),
  'feature-gates': featureGates({}),
} as const;

/** Gates that upstream's controllers share, and their defaults: what a controller knows goes into its own `feature-gates` flag. */
export const sharedGates = {
  ObjectLevelWorkloadIdentity: false,
  CacheSecretsAndConfigMaps: false,
  AdditiveCELDependencyCheck: false,
  ExternalArtifact: false,
  DisableConfigWatchers: false,
  DirectSourceFetch: false,
} as const;

/** For controllers whose objects read Secrets and ConfigMaps. */
export const configWatchFlags = {
  'watch-configs-label-selector': selector(
    'reconcile.fluxcd.io/watch=Enabled',
    'Secrets and ConfigMaps with these labels wake their users',
  ),
} as const;

/** For controllers that act as a tenant, or on another cluster. */
export const tenancyFlags = {
  'default-service-account': text('', 'service account to act as for objects that name none'),
  'default-kubeconfig-service-account': text('', 'service account to log in to other clusters as for objects that name none'),
  'insecure-kubeconfig-exec': flag(false, 'let kubeconfigs of tenants run programs'),
  'insecure-kubeconfig-tls': flag(false, 'let kubeconfigs of tenants switch off TLS verification'),
} as const;

/** Upstream's flags that mean nothing here: they are accepted, so that its manifests work, and named in the log once. */
export const ignoredFlags = {
  'token-cache-max-size': integer(100, 'tokens held'),
  'token-cache-max-duration': duration('1h', 'how long a token is held'),
} as const;
