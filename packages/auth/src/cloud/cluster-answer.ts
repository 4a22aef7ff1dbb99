import type { Expiring } from '../token-cache/token-cache.ts';
import { IdentityError, type IdentityProvider } from './identity-error.ts';
import type { ProviderCall } from './provider-call.ts';

/** Where an API server is, and whom it is trusted by: in PEM; absent: the roots that everybody trusts. */
export interface ClusterEndpoint {
  readonly server: string;
  readonly ca: string | undefined;
}

export interface ClusterToken extends Expiring {
  readonly token: string;
}

/** Server and authority of a kubeconfig. Throws for a text that is none; the error quotes nothing of it. */
export type KubeconfigReader = (kubeconfig: string) => ClusterEndpoint;

/** The parts of a cluster's name, as the pattern has them. Throws `IdentityError` for what is no name of a cluster. */
export function clusterNamed(
  name: string,
  { provider, pattern, like }: { readonly provider: IdentityProvider; readonly pattern: RegExp; readonly like: string },
): readonly string[] {
  const found = pattern.exec(name);
  if (found !== null) return found;
  const said = name === '' ? 'the cluster is not named' : `'${name.slice(0, 200)}' is no cluster`;
  throw new IdentityError(provider, 'misconfigured', `${said}: it must be as ${like}`);
}

/** The authority of an answer, in base64, as PEM. Throws `IdentityError` where there is none: nobody else is trusted for it. */
export function clusterAuthority(data: unknown, { provider, step }: Pick<ProviderCall, 'provider' | 'step'>): string {
  const pem = typeof data === 'string' ? Buffer.from(data, 'base64').toString('utf8') : '';
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new IdentityError(provider, 'refused', `failed to ${step}: the answer has no certificate authority`);
}
