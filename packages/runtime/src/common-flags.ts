import { duration, flag, integer, oneOf, text } from './flags.ts';
import { LOG_LEVELS } from './pino-logger.ts';

/** The flags that every controller has, with upstream's names and defaults. Durations are milliseconds. */
export const commonFlags = {
  'metrics-addr': text(':8080', 'address of /metrics'),
  'health-addr': text(':9440', 'address of /healthz and /readyz'),
  'events-addr': text('', 'URL of the notification-controller; empty: events stay in the cluster'),
  concurrent: integer(4, 'objects reconciled at once'),
  'requeue-dependency': duration('30s', 'how long a missed dependency event can go unnoticed'),
  'watch-all-namespaces': flag(true, 'watch all namespaces, not only that of RUNTIME_NAMESPACE'),
  'watch-label-selector': text('', 'reconcile only objects with these labels'),
  'kube-api-qps': integer(50, 'requests to the API server a second, sustained'),
  'kube-api-burst': integer(300, 'requests to the API server at once'),
  'log-level': oneOf(LOG_LEVELS, 'info', 'least severe level that is logged'),
  'log-encoding': oneOf(['json', 'console'], 'json', 'format of the log'),
  'enable-leader-election': flag(false, 'reconcile only while holding the Lease of this controller'),
  'leader-election-lease-duration': duration('35s', 'how long a lease that is not renewed is respected'),
  'leader-election-renew-deadline': duration('30s', 'how long the leader tries to renew before it steps down'),
  'leader-election-retry-period': duration('5s', 'how often the lease is tried for and renewed'),
  'min-retry-delay': duration('750ms', 'first delay after a failure'),
  'max-retry-delay': duration('15m', 'longest delay after failures in a row'),
  'interval-jitter-percentage': integer(5, 'how far intervals are spread to either side'),
  'graceful-shutdown-timeout': duration('20s', 'how long running reconciles may go on after SIGTERM'),
  'no-cross-namespace-refs': flag(false, 'refuse references to objects of other namespaces'),
} as const;

/** Upstream's flags that mean nothing here: they are accepted, so that its manifests work, and named in the log once. */
export const IGNORED_FLAGS: ReadonlySet<string> = new Set([
  'leader-election-release-on-cancel',
  'insecure-allow-http',
  'insecure-kubeconfig-exec',
  'insecure-kubeconfig-tls',
  'watch-configs-label-selector',
  'token-cache-max-size',
  'token-cache-max-duration',
  'disable-http2',
  'feature-gates',
]);
