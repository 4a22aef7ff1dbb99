import type { KustomizationSpec } from '@gotk/api';
import { parseDuration } from '@gotk/apimachinery';

export const SHORTEST_TIMEOUT_MS = 30_000;

/** How long applying and health checks may take: `timeout`, or the interval less half a minute, and never less than that. */
export function timeoutMs({ timeout, interval }: KustomizationSpec): number {
  return timeout === undefined ? Math.max(SHORTEST_TIMEOUT_MS, parseDuration(interval) - SHORTEST_TIMEOUT_MS) : parseDuration(timeout);
}

export const intervalMs = ({ interval }: KustomizationSpec): number => parseDuration(interval);

/** What the user wants a failure to be retried after; undefined: back-off decides. */
export const retryMs = ({ retryInterval }: KustomizationSpec): number | undefined =>
  retryInterval === undefined ? undefined : parseDuration(retryInterval);
