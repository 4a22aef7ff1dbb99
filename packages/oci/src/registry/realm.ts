import { isIP } from 'node:net';
import { withoutSecrets } from '@gotk/auth';
import { OciError } from '../oci-error.ts';

/** Where a registry may send us for a token. */
export interface RealmPolicy {
  /** The address of the registry. */
  readonly registry: URL;
  /** Hosts that are allowed besides, by whoever runs the controller. */
  readonly realms: readonly string[];
}

/** Registries whose tokens come from elsewhere: the suffix of their hosts, and where from. */
const ELSEWHERE = [
  { registry: '.scw.cloud', realm: 'api.scaleway.com' },
  { registry: 'registry.hub.docker.com', realm: 'auth.docker.io' },
] as const;

/**
 * The realm of a challenge, if the registry may name it. It is the registry that chooses this address, and we who ask it, from within the
 * cluster and with the credentials: so it has to belong to the registry.
 *
 * Allowed are the registry's own host on any port, hosts below it, and its neighbours with those above them (`registry.gitlab.com` →
 * `gitlab.com`, `index.docker.io` → `auth.docker.io`), besides those that are known or configured; never plain HTTP, unless the registry
 * itself is asked that way. Throws `OciError`, kind `refused`.
 */
export function allowedRealm(text: string, { registry, realms }: RealmPolicy): URL {
  const realm = URL.parse(text, registry.href);
  if (realm === null) throw new OciError('refused', 'realm not allowed: the registry names none that is an address');
  const refused = (why: string) => new OciError('refused', `realm ${withoutSecrets(realm)} not allowed: ${why}`);
  if (realm.username !== '' || realm.password !== '') throw refused('it has a login in it');
  if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && registry.protocol === 'http:')) throw refused('it is not https');
  const [host, own] = [realm.hostname, registry.hostname];
  if (!belongsTo(host, own) && !isKnown(host, own) && !realms.includes(host))
    throw refused(`host '${host}' has nothing to do with registry '${own}'; it can be allowed by configuration`);
  realm.hash = '';
  return realm;
}

function belongsTo(host: string, registry: string): boolean {
  if (host === registry) return true;
  // The parts of an address are no hierarchy.
  if (isAddress(host) || isAddress(registry) || !registry.includes('.')) return false;
  const above = registry.slice(registry.indexOf('.') + 1);
  return host.endsWith(`.${registry}`) || (isSomebodys(above) && (host === above || host.endsWith(`.${above}`)));
}

const isAddress = (host: string): boolean => host.startsWith('[') || isIP(host) !== 0;

/** Second-level domains below which everybody can register a name, as in `co.uk`. */
const REGISTRIES_OF_NAMES = /^(?:ac|co|com|edu|go|gob|gouv|gov|ltd|me|mil|ne|net|nom|or|org|plc|sch)\.[a-z]{2}$/;

/**
 * Whether one party owns a domain. Public suffixes are not looked up: who shares a longer one, as the tenants of a hosted registry do,
 * gains nothing, as the registry could have asked for the same credentials itself.
 */
const isSomebodys = (domain: string): boolean => domain.includes('.') && !REGISTRIES_OF_NAMES.test(domain);

const isKnown = (host: string, registry: string): boolean =>
  ELSEWHERE.some(
    (known) => known.realm === host && (known.registry.startsWith('.') ? registry.endsWith(known.registry) : registry === known.registry),
  );
