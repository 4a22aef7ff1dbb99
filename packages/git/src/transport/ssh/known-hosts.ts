import { createHmac } from 'node:crypto';
import { matchesWildcards } from '@gotk/apimachinery';
import { fingerprintOf, type HostKey, parseHostKey, rsaBits } from './host-key.ts';

/** A known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Keys that nobody may show, in base64. */
  readonly revoked: ReadonlySet<string>;
}

interface KnownHost {
  readonly marker: '' | '@revoked' | '@cert-authority';
  readonly isOf: (name: string) => boolean;
  readonly key: HostKey;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Reads a file. Comments, and lines that are none, are passed over: files are handed down for decades. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const entry = parseLine(line.trim());
    return entry === undefined ? [] : [entry];
  });
  return { entries, revoked: new Set(entries.filter(({ marker }) => marker === '@revoked').map(({ key }) => encoded(key))) };
}

const encoded = ({ blob }: HostKey): string => blob.toString('base64');

function parseLine(line: string): KnownHost | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const [first = ''] = line.split(/[ \t]/, 1);
  const marker = first === '@revoked' || first === '@cert-authority' ? first : '';
  // Whoever meant something by another marker did not mean trust.
  if (marker === '' && first.startsWith('@')) return undefined;
  // The type that follows the hosts is in the key as well.
  const [hosts = '', , base64 = ''] = line
    .slice(marker.length)
    .trim()
    .split(/[ \t]+/, 3);
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? parseHostKey(Buffer.from(base64, 'base64')) : undefined;
  return key === undefined ? undefined : { marker, isOf: hosts.startsWith('|') ? hashed(hosts) : listed(hosts), key };
}

/** `|1|<salt>|<HMAC-SHA1 of the name>`, both in base64. */
function hashed(hosts: string): (name: string) => boolean {
  const [, algorithm, salt = '', hash = ''] = hosts.split('|');
  const wanted = Buffer.from(hash, 'base64');
  return (name) => algorithm === '1' && createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest().equals(wanted);
}

/** Patterns with `*` and `?`, separated by commas; one that is negated by `!` and matches overrules all others. */
function listed(hosts: string): (name: string) => boolean {
  const patterns = hosts
    .toLowerCase()
    .split(',')
    .filter((pattern) => pattern !== '');
  const denied = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => withPort(pattern.slice(1)));
  const allowed = patterns.filter((pattern) => !pattern.startsWith('!')).map(withPort);
  return (name) => allowed.some((pattern) => matchesWildcards(pattern, name)) && !denied.some((pattern) => matchesWildcards(pattern, name));
}

/** Go's reader, and so upstream's, also takes `host:2222`; and the default port may be written. */
function withPort(pattern: string): string {
  const written = /^\[([^\]]*)\]:(\d+)$/.exec(pattern) ?? /^([^:[\]]+):(\d+)$/.exec(pattern);
  return written === null ? pattern : nameOf({ host: written[1] ?? '', port: Number(written[2]) });
}

/** What a host is called in known_hosts: its port is told unless it is SSH's own. */
export const nameOf = ({ host, port }: Endpoint): string => (port === 22 ? host : `[${host}]:${port}`).toLowerCase();

/** The keys that a host may show. Revoked ones are not among them, whomever the line that revokes them names. */
export function trustedKeys({ entries, revoked }: KnownHosts, endpoint: Endpoint): readonly HostKey[] {
  const name = nameOf(endpoint);
  return entries.filter(({ marker, isOf, key }) => marker === '' && isOf(name) && !revoked.has(encoded(key))).map(({ key }) => key);
}

const MIN_RSA_BITS = 2_048;

/** Why a server is not who it should be, judged by the key that it shows; undefined when it is. */
export function objectionTo(shown: HostKey, endpoint: Endpoint, known: KnownHosts): string | undefined {
  const name = nameOf(endpoint);
  const offer = `it shows ${shown.type} ${fingerprintOf(shown)}`;
  if (known.revoked.has(encoded(shown))) return `the host key of ${name} is revoked in known_hosts: ${offer}`;
  const bits = rsaBits(shown);
  if (bits !== undefined && bits < MIN_RSA_BITS) return `the host key of ${name} is too weak, RSA with ${bits} bits: ${offer}`;
  const trusted = trustedKeys(known, endpoint);
  if (trusted.some(({ blob }) => blob.equals(shown.blob))) return undefined;
  if (trusted.some(({ type }) => type === shown.type)) return `the host key of ${name} has changed: ${offer}, which is not in known_hosts`;
  if (trusted.length > 0)
    return `known_hosts has no key of this type for ${name}: ${offer}, known are ${[...new Set(trusted.map(({ type }) => type))].join(', ')}`;
  return `${untrusted(known, endpoint)}: ${offer}`;
}

/** Why known_hosts is of no use for a host. */
function untrusted({ entries }: KnownHosts, endpoint: Endpoint): string {
  const name = nameOf(endpoint);
  if (entries.some(({ marker, isOf }) => marker === '@cert-authority' && isOf(name)))
    return `known_hosts has no key for ${name} but that of a certificate authority: host certificates are not supported`;
  const bare = endpoint.host.toLowerCase();
  if (name !== bare && entries.some(({ isOf }) => isOf(bare)))
    return `known_hosts has keys for ${bare}, but none for its port: the line has to begin with '${name}'`;
  return `known_hosts has no key for ${name}`;
}
