import type { Clock } from '@gotk/apimachinery';
import { cloudRegistryLogin, type HttpAccess, httpAccessOf, type RegistryLogin, registryLoginFrom } from '@gotk/auth';
import { type RegistryOptions, type RegistrySessions, type RepositoryName, renderRepository } from '@gotk/oci';
import type { Secret } from '@gotk/runtime';
import { type CloudRequest, cloudMeansOf } from './cloud-means.ts';
import { withEnvironmentProxy } from './environment-proxy.ts';
import { pullSecretsOf } from './pull-secrets.ts';
import { readSecret } from './secrets.ts';

/** What sources say about how to log in to a registry: OCIRepository, and HelmRepository of type `oci`. */
export interface RegistrySpec {
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  readonly secretRef?: { readonly name: string };
  readonly serviceAccountName?: string;
  readonly certSecretRef?: { readonly name: string };
  readonly proxySecretRef?: { readonly name: string };
  readonly insecure?: boolean;
}

/** What is known of registries from one run to the next. */
export interface RegistryDeps {
  /** For all kinds of sources together. */
  readonly sessions: RegistrySessions;
  /** Hosts that any registry may send us to for a token. */
  readonly realms: readonly string[];
}

export interface RegistryRequest {
  readonly deps: CloudRequest['deps'] & { readonly registries: RegistryDeps };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** In whose namespace the Secrets are, and for whom tokens are counted. */
  readonly owner: { readonly kind: string; readonly namespace: string; readonly name: string };
}

/**
 * How to `connect` to a repository as its object may. Secrets are read when they are needed, and none is kept.
 *
 * Logs in with what the Secret of `secretRef` and the image pull secrets of the ServiceAccount say; if there are none and the provider is a cloud, as the identity
 * that the ServiceAccount or the controller has there (upstream's order). Throws `InvalidLogin` or `IdentityError` for what cannot be used to log in, `Stalled` for
 * what the spec asks for and the controller was not allowed, anything else if the API server does not answer.
 */
export async function registryAccess(repository: RepositoryName, spec: RegistrySpec, request: RegistryRequest): Promise<RegistryOptions> {
  const { deps, clock, signal, owner } = request;
  const reader = { manager: deps.manager, namespace: owner.namespace, signal };
  const secret = await readSecret(spec.secretRef, reader);
  const pullSecrets = spec.serviceAccountName ? await pullSecretsOf(spec.serviceAccountName, reader) : [];
  const certSecret = await readSecret(spec.certSecretRef, reader);
  const proxySecret = await readSecret(spec.proxySecretRef, reader);
  const url = new URL(`https://${repository.host}`);
  const { login: _, ...access } = withEnvironmentProxy(
    httpAccessOf({ certSecret, proxySecret }, url),
    url,
    deps.cloud.environment.variables,
  );
  return {
    repository,
    access,
    login: await loginFor(repository, { spec, secret, pullSecrets, access, request }),
    reach: deps.reach,
    insecure: spec.insecure === true,
    clock,
    sessions: deps.registries.sessions,
    realms: deps.registries.realms,
  };
}

interface LoginSources {
  readonly spec: RegistrySpec;
  readonly secret: Secret | undefined;
  readonly pullSecrets: readonly Secret[];
  readonly access: Omit<HttpAccess, 'login'>;
  readonly request: RegistryRequest;
}

async function loginFor(repository: RepositoryName, sources: LoginSources): Promise<RegistryLogin> {
  const { spec, secret, pullSecrets, access, request } = sources;
  const { provider = 'generic', serviceAccountName } = spec;
  if (provider === 'generic' || secret !== undefined || pullSecrets.length > 0)
    return registryLoginFrom({ secret, pullSecrets }, renderRepository(repository));
  const means = await cloudMeansOf({ ...request, serviceAccountName, proxy: access.proxy });
  return (await cloudRegistryLogin(provider, repository.host, means)).login;
}
