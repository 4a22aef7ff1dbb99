import type { GitRepository } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import {
  cloudGitLogin,
  githubAppAccess,
  type HttpAccess,
  hasGitHubApp,
  httpAccessOf,
  httpProxyFrom,
  InvalidLogin,
  sshAccessFrom,
} from '@gotk/auth';
import type { Remote, SshRemote } from '@gotk/git';
import { type Secret, Stalled } from '@gotk/runtime';
import { cloudMeansOf } from '../source/cloud-means.ts';
import { readSecret } from '../source/secrets.ts';
import { addressOf, stalledFetch } from './address.ts';
import type { GitDeps } from './git-deps.ts';

/** The Secret is not one for the provider that the spec names. */
export class ProviderMismatch extends Error {
  override readonly name = 'ProviderMismatch';
}

/** Upstream's reason. */
export const INVALID_PROVIDER = 'InvalidProviderConfiguration';

export interface RemoteContext {
  readonly deps: Pick<GitDeps, 'manager' | 'cloud' | 'reach'> & { readonly ssh: Pick<GitDeps['ssh'], 'algorithms'> };
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface Secrets {
  readonly secret: Secret | undefined;
  readonly proxySecret: Secret | undefined;
}

/**
 * Where the repository is, how to get there, and how to be let in. Secrets are read when they are needed, and none is kept. Throws `Stalled` for a spec that can never
 * work, `InvalidLogin`, `ProviderMismatch` or `IdentityError` for what cannot be used to log in, anything else if the API server does not answer.
 */
export async function remoteOf(repository: GitRepository, context: RemoteContext): Promise<Remote> {
  const { spec, metadata } = repository;
  const url = addressOf(spec.url);
  const reader = { manager: context.deps.manager, namespace: metadata.namespace ?? '', signal: context.signal };
  const proxySecret = await readSecret(spec.proxySecretRef, reader);
  const secret = await readSecret(spec.secretRef, reader);
  const secrets = { secret, proxySecret };
  return url.protocol === 'ssh:'
    ? sshRemote(url, secrets, { spec, context })
    : { url, access: await httpAccess(url, secrets, { repository, context }) };
}

function sshRemote(
  url: URL,
  { secret, proxySecret }: Secrets,
  { spec, context }: { readonly spec: GitRepository['spec']; readonly context: RemoteContext },
): SshRemote {
  const { provider = 'generic' } = spec;
  if (provider !== 'generic')
    throw stalledFetch(INVALID_PROVIDER, `provider '${provider}' is for https URLs: for ssh, log in with a Secret`);
  if (secret === undefined) throw new InvalidLogin("SSH needs a Secret with 'identity' and 'known_hosts': name it in spec.secretRef");
  return {
    url,
    access: sshAccessFrom(secret, url),
    algorithms: context.deps.ssh.algorithms,
    ...(proxySecret === undefined ? {} : { proxy: httpProxyFrom(proxySecret) }),
  };
}

interface HttpRequestedBy {
  readonly repository: GitRepository;
  readonly context: RemoteContext;
}

async function httpAccess(url: URL, { secret, proxySecret }: Secrets, { repository, context }: HttpRequestedBy): Promise<HttpAccess> {
  const { spec, metadata } = repository;
  const { deps, clock, signal } = context;
  const { provider = 'generic' } = spec;
  const owner = { kind: repository.kind, namespace: metadata.namespace ?? '', name: metadata.name };
  switch (provider) {
    case 'generic':
      if (secret !== undefined && hasGitHubApp(secret))
        throw new ProviderMismatch(
          `Secret '${secret.metadata.name}' holds the login of a GitHub App, for which spec.provider has to be 'github'`,
        );
      return httpAccessOf({ secret, proxySecret }, url, { passwordless: true });
    case 'github': {
      const needed = "provider 'github' needs a Secret with the login of a GitHub App in spec.secretRef";
      if (secret === undefined) throw stalledFetch(INVALID_PROVIDER, needed);
      if (!hasGitHubApp(secret)) throw new ProviderMismatch(needed);
      const subject = { ...owner, operation: 'reconcile' };
      return await githubAppAccess({ secret, proxySecret }, url, { clock, reach: deps.reach, signal, cache: deps.cloud.tokens, subject });
    }
    case 'aws':
    case 'azure': {
      // Of the Secret, what belongs to TLS counts: the login is the cloud's.
      const access = httpAccessOf({ secret, proxySecret }, url, { passwordless: true });
      const { serviceAccountName } = spec;
      const means = await cloudMeansOf({ deps, clock, signal, owner, serviceAccountName, proxy: access.proxy }).catch((error) => {
        throw error instanceof Stalled ? stalledFetch(error.reason, error.message) : error;
      });
      return { ...access, login: (await cloudGitLogin(provider, url, means)).login };
    }
  }
}
