import { BlockList, isIP } from 'node:net';
import { InvalidLogin } from '../http-login.ts';
import type { HttpProxy } from '../outbound/http-access.ts';
import { httpProxyFrom } from './proxy-of.ts';

/**
 * The proxy that the controller's environment names for an address, as Go's programs read it: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`,
 * in small letters too. Undefined: none. Throws `InvalidLogin` for an address that is none.
 */
export function environmentProxy(url: URL, variables: Readonly<Record<string, string | undefined>>): HttpProxy | undefined {
  const read = (name: string) => variables[name] || variables[name.toLowerCase()] || undefined;
  const address = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (address === undefined || isLocal(url) || isExcepted(url, read('NO_PROXY') ?? '')) return undefined;
  const whole = address.includes('://') ? address : `http://${address}`;
  try {
    return httpProxyFrom({ data: { address: Buffer.from(whole).toString('base64') } });
  } catch {
    throw new InvalidLogin('HTTP_PROXY or HTTPS_PROXY of the environment is no address of a proxy');
  }
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** Go never asks a proxy for this machine. */
const isLocal = (url: URL): boolean => hostOf(url) === 'localhost' || hostOf(url) === '::1' || /^127\./.test(hostOf(url));

function isExcepted(url: URL, list: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || excepts(entry, hostOf(url), port));
}

/** A network, an address, a domain with all below it, or, with a dot before it, what is below it alone. */
function excepts(entry: string, host: string, port: string): boolean {
  const [, network, bits] = /^([0-9a-f:.]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== undefined) return inNetwork(host, network, Number(bits));
  const [, name = '', only] =
    /^\[?([^\]]*?)\]?(?::(\d{1,5}))?$/.exec(entry.includes('::') && !entry.startsWith('[') ? `[${entry}]` : entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return (domain === name && host === name) || host.endsWith(`.${domain}`);
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
