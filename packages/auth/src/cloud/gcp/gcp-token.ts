import type { Expiring } from '../../token-cache/token-cache.ts';
import { type CloudMeans, cached } from '../means.ts';
import { controllerToken } from './controller-token.ts';
import { workloadToken } from './workload-token.ts';

/** An OAuth access token of Google's. */
export interface GcpToken extends Expiring {
  readonly token: string;
}

/**
 * An access token of the controller, or of what a ServiceAccount is annotated with, for everything that it may do in the cloud, as upstream
 * has it. Throws `IdentityError`, or the signal's reason.
 */
export function gcpToken(means: CloudMeans): Promise<GcpToken> {
  return cached(['gcp'], means, (shared) =>
    shared.identity === undefined ? controllerToken(shared) : workloadToken(shared.identity, shared),
  );
}
