import { expect, test } from 'vitest';
import { commonFlags, configWatchFlags, ignoredFlags, tenancyFlags } from './common-flags.ts';
import { parseFlags, renderHelp } from './flags.ts';

const table = { ...commonFlags, ...configWatchFlags, ...tenancyFlags, ...ignoredFlags };

/** The flags of Flux's controllers (fluxcd/pkg `runtime`, `auth`, `cache`, and each `main.go`) as their manifests write them, with upstream's defaults. */
const UPSTREAM: Readonly<Record<string, string>> = {
  'metrics-addr': ':8080',
  'health-addr': ':9440',
  'events-addr': '',
  concurrent: '4',
  'requeue-dependency': '30s',
  'watch-all-namespaces': 'true',
  'watch-label-selector': '',
  'watch-configs-label-selector': 'reconcile.fluxcd.io/watch=Enabled',
  'kube-api-qps': '50',
  'kube-api-burst': '300',
  'log-level': 'info',
  'log-encoding': 'json',
  'enable-leader-election': 'false',
  'leader-election-lease-duration': '35s',
  'leader-election-renew-deadline': '30s',
  'leader-election-retry-period': '5s',
  'leader-election-release-on-cancel': 'true',
  'min-retry-delay': '750ms',
  'max-retry-delay': '15m0s',
  'interval-jitter-percentage': '5',
  'no-cross-namespace-refs': 'false',
  'insecure-kubeconfig-exec': 'false',
  'insecure-kubeconfig-tls': 'false',
  'default-service-account': '',
  'default-kubeconfig-service-account': '',
  'token-cache-max-size': '100',
  'token-cache-max-duration': '1h0m0s',
};

test.each(Object.entries(UPSTREAM))('--%s is what it is without being given when it is %j', (name, value) => {
  expect(parseFlags([`--${name}=${value}`], table).values).toEqual(parseFlags([], table).values);
});

test('what every controller has beside is said here', () => {
  const own = Object.keys(table).filter((name) => !Object.hasOwn(UPSTREAM, name));
  // Upstream has the first in helm-controller alone, and gates in each.
  expect(own.sort()).toEqual(['feature-gates', 'graceful-shutdown-timeout']);
});

test('each has a line of help, with upstream’s default', () => {
  const help = renderHelp('widget-controller', table);
  for (const name of Object.keys(table)) expect(help).toContain(`  --${name}\n        `);
  expect(help).toContain('(default reconcile.fluxcd.io/watch=Enabled)');
});
