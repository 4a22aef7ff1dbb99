/** Who hands out credentials for workloads. */
export type IdentityProvider = 'aws' | 'azure' | 'gcp' | 'github' | 'ldap';

/** Credentials that were not handed out. The message names the provider and the step, and holds no token. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly provider: IdentityProvider;
  /** `misconfigured`: something is missing or malformed on our side; `refused`: the provider said no; `unreachable`: it may work later. */
  readonly kind: 'misconfigured' | 'refused' | 'unreachable';

  constructor(provider: IdentityProvider, kind: IdentityError['kind'], message: string) {
    super(`${provider}: ${message}`);
    this.provider = provider;
    this.kind = kind;
  }
}
