import { createHash } from 'node:crypto';

/** The Lease of a controller: upstream's name, so that two implementations side by side exclude each other. Each shard has its own. */
export function leaseName(controllerName: string, watchLabelSelector = ''): string {
  const base = `${controllerName}-leader-election`;
  return watchLabelSelector === '' ? base : `${base}-${createHash('sha256').update(watchLabelSelector).digest('hex').slice(0, 8)}`;
}
