import { type DistinguishedName, isContainedIn, parseDistinguishedName } from './distinguished-name.ts';
import { isRecord, parseObject } from './manifest.ts';
import { ensure } from './verdict.ts';

export type Check = 'authenticity' | 'authenticTimestamp' | 'expiry' | 'revocation';
export type Action = 'enforce' | 'log' | 'skip';

/** One statement of notation's `trustpolicy.json` (notaryproject/specifications, trust-store-trust-policy.md, version 1.0). */
export interface TrustPolicy {
  readonly name: string;
  readonly skip: boolean;
  readonly actions: Readonly<Record<Check, Action>>;
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  /** Which kinds of trust stores are named. Flux has one store: the certificates of the Secret are in all of them, whatever their names. */
  readonly stores: ReadonlySet<string>;
  /** `any`, or names one of which the signing certificate's subject must contain. */
  readonly identities: 'any' | readonly DistinguishedName[];
  readonly scopes: readonly string[];
}

const CHECKS: readonly Check[] = ['authenticity', 'authenticTimestamp', 'expiry', 'revocation'];
const ACTIONS: readonly Action[] = ['enforce', 'log', 'skip'];
const STORES = ['ca', 'signingAuthority', 'tsa'];
const SUBJECT = 'x509.subject:';

const LEVELS: Readonly<Record<string, Readonly<Record<Check, Action>>>> = {
  strict: { authenticity: 'enforce', authenticTimestamp: 'enforce', expiry: 'enforce', revocation: 'enforce' },
  permissive: { authenticity: 'enforce', authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
  audit: { authenticity: 'log', authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
  skip: { authenticity: 'skip', authenticTimestamp: 'skip', expiry: 'skip', revocation: 'skip' },
};

/** Reads a whole policy document; one bad statement spoils it, as upstream. Throws {@link Rejection}. */
export function parseTrustPolicies(bytes: Uint8Array): readonly TrustPolicy[] {
  const { version, trustPolicies } = parseObject(bytes, 'the trust policy');
  ensure(version === '1.0', "the trust policy is not of version '1.0'");
  ensure(Array.isArray(trustPolicies) && trustPolicies.length > 0, 'the trust policy has no statements');
  const policies = trustPolicies.map(parsePolicy);
  const names = policies.map(({ name }) => name);
  ensure(new Set(names).size === names.length, 'two statements of the trust policy have the same name');
  const scopes = policies.flatMap((policy) => policy.scopes);
  ensure(new Set(scopes).size === scopes.length, 'two statements of the trust policy have the same registry scope');
  return policies;
}

/** The statement for a repository: the one that names it, or else the one for `*`. Throws {@link Rejection} if there is none. */
export function policyFor(policies: readonly TrustPolicy[], repository: string): TrustPolicy {
  const policy = policies.find(({ scopes }) => scopes.includes(repository)) ?? policies.find(({ scopes }) => scopes.includes('*'));
  ensure(policy !== undefined, `no statement of the trust policy has a registry scope for '${repository}'`);
  return policy;
}

function parsePolicy(value: unknown): TrustPolicy {
  ensure(isRecord(value), 'a statement of the trust policy is no object');
  const { name, signatureVerification: verification, registryScopes } = value;
  ensure(typeof name === 'string' && name !== '', 'a statement of the trust policy has no name');
  const where = `the statement '${name}' of the trust policy`;
  ensure(isRecord(verification), `${where} has no signatureVerification`);
  const { level, override, verifyTimestamp = 'always' } = verification;
  ensure(typeof level === 'string' && Object.hasOwn(LEVELS, level), `${where} has no known verification level`);
  ensure(verifyTimestamp === 'always' || verifyTimestamp === 'afterCertExpiry', `${where} has an unknown verifyTimestamp`);
  const skip = level === 'skip';
  // Upstream drops the stores and identities of a statement that skips.
  const stores = skip ? [] : strings(value.trustStores, `${where} has no list of trustStores`);
  const identities = skip ? [] : strings(value.trustedIdentities, `${where} has no list of trustedIdentities`);
  ensure(skip || (stores.length > 0 && identities.length > 0), `${where} needs trustStores and trustedIdentities`);
  return {
    name,
    skip,
    actions: actionsOf(LEVELS[level] ?? {}, override, where),
    verifyTimestamp,
    stores: new Set(stores.map((store) => storeType(store, where))),
    identities: parseIdentities(identities, where),
    scopes: parseScopes(strings(registryScopes, `${where} has no list of registryScopes`), where),
  };
}

function actionsOf(base: Partial<Record<Check, Action>>, override: unknown, where: string): Readonly<Record<Check, Action>> {
  const overrides = override === undefined ? {} : override;
  ensure(isRecord(overrides), `${where} has a malformed override`);
  const entries = Object.entries(overrides);
  ensure(entries.length === 0 || base.authenticity !== 'skip', `${where} skips verification and cannot override parts of it`);
  for (const [check, action] of entries) {
    ensure(
      CHECKS.some((known) => known === check),
      `${where} overrides '${check}', which cannot be overridden`,
    );
    ensure(
      ACTIONS.some((known) => known === action),
      `${where} overrides '${check}' with an unknown action`,
    );
    ensure(action !== 'skip' || check === 'revocation', `${where} skips '${check}', which cannot be skipped`);
  }
  const actionOf = (check: Check): Action => ACTIONS.find((action) => action === overrides[check]) ?? base[check] ?? 'enforce';
  return {
    authenticity: actionOf('authenticity'),
    authenticTimestamp: actionOf('authenticTimestamp'),
    expiry: actionOf('expiry'),
    revocation: actionOf('revocation'),
  };
}

function storeType(store: string, where: string): string {
  const [type = '', name, ...rest] = store.split(':');
  ensure(
    STORES.includes(type) && name !== undefined && rest.length === 0 && /^[\w.-]+$/.test(name),
    `${where} has the malformed trust store '${store}'`,
  );
  return type;
}

function parseIdentities(identities: readonly string[], where: string): 'any' | readonly DistinguishedName[] {
  if (identities.includes('*')) {
    ensure(identities.length === 1, `${where} has other identities next to '*'`);
    return 'any';
  }
  ensure(
    identities.every((identity) => identity.includes(':')),
    `${where} has a trusted identity without a kind`,
  );
  // Other kinds are for plugins, which can only be names nobody here has.
  const names = identities
    .filter((identity) => identity.startsWith(SUBJECT))
    .map((identity) => parseDistinguishedName(identity.slice(SUBJECT.length)));
  const overlap = names.some((one, i) => names.some((other, j) => i !== j && isContainedIn(one, other)));
  ensure(!overlap, `${where} has trusted identities that overlap`);
  return names;
}

function parseScopes(scopes: readonly string[], where: string): readonly string[] {
  ensure(scopes.length > 0, `${where} has no registry scope`);
  ensure(scopes.length === 1 || !scopes.includes('*'), `${where} has other registry scopes next to '*'`);
  const proper = scopes.every((scope) => scope === '*' || /^[a-zA-Z0-9.-]+(?::[0-9]+)?\/[a-z0-9._/-]+$/.test(scope));
  ensure(proper, `${where} has a registry scope that is no '<registry>/<repository>'`);
  return scopes;
}

function strings(value: unknown, otherwise: string): readonly string[] {
  ensure(Array.isArray(value) && value.every((entry) => typeof entry === 'string'), otherwise);
  return value;
}
