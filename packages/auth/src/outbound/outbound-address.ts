import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** An address that nobody else's server has, whatever its name says. */
export class LocalAddress extends Error {
  override readonly name = 'LocalAddress';
}

/** IPv4-mapped IPv6 addresses are told by their IPv4 part: `BlockList` sees to it. */
const local = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8], // "this host": Linux connects to itself
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, where most clouds answer with credentials
  ['224.0.0.0', 4], // multicast
  ['255.255.255.255', 32],
  // Metadata of clouds that keep it elsewhere: Oracle of old, Alibaba, Azure.
  ['192.0.0.192', 32],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
] as const)
  local.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::', 96], // none, loopback, and IPv4 in an old disguise
  ['fe80::', 10],
  ['ff00::', 8],
  // The same IPv4 addresses behind the well-known NAT64 prefix (RFC 6052).
  ['64:ff9b::7f00:0', 104],
  ['64:ff9b::a9fe:0', 112],
  ['64:ff9b::6464:64c8', 128],
  ['64:ff9b::a83f:8110', 128],
  // Metadata over IPv6: AWS with EKS Pod Identity, Google.
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
] as const)
  local.addSubnet(address, prefix, 'ipv6');

/**
 * Whether an IP address is this machine's own, of its link, or where a cloud hands out the machine's credentials. Private ranges are not:
 * servers in the cluster or the company's network are what people connect to.
 */
export function isLocalAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  return version === 0 || local.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** All addresses of a name, as `dns.lookup` finds them. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Throws `LocalAddress` for a URL's host that is a local address. A name is for `remoteLookup`: what it stands for is known when it is
 * connected to.
 */
export function refuseLocalHost(hostname: string): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isLocalAddress(host)) throw refusal(host);
}

/**
 * A `lookup` for sockets that leaves local addresses out of the answer, and fails with `LocalAddress` when nothing is left.
 * The addresses that were checked are those that are connected to, so a name that changes its meaning between two questions gains nothing.
 */
export function remoteLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const remote = addresses.filter(({ address }) => !isLocalAddress(address));
      const [first] = remote;
      if (first === undefined) return callback(refusal(hostname), '');
      if (options.all === true) callback(null, remote);
      else callback(null, first.address, first.family);
    });
  };
}

const refusal = (host: string) => new LocalAddress(`'${host}' is a loopback, link-local or metadata address, which is no remote server's`);
