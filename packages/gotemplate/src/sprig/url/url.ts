import { quote } from '../../format/quote.ts';
import { FunctionError } from '../../value/function.ts';
import { escapePart, unescapePart } from './escape.ts';
import { refuseLiteral } from './ip-literal.ts';

/** A URL as Go's `net/url` takes it apart. */
export interface Url {
  readonly scheme: string;
  /** What is behind the scheme, where that is no path. */
  readonly opaque: string;
  /** With its escapes, and the `:` before a password. */
  readonly userinfo: string;
  readonly hasUser: boolean;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const NONE: Url = { scheme: '', opaque: '', userinfo: '', hasUser: false, host: '', path: '', query: '', fragment: '' };

/** Throws `FunctionError`, in Go's words. */
export function parseUrl(text: string): Url {
  const [whole, fragment] = cut(text, '#');
  const url = naming(whole, () => parseWhole(whole));
  return fragment === '' ? url : naming(text, () => ({ ...url, fragment: unescapePart(fragment, 'fragment') }));
}

function naming<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof FunctionError ? new FunctionError(`parse ${quote(text)}: ${thrown.message}`) : thrown;
  }
}

function cut(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function parseWhole(text: string): Url {
  if (/[^ -~\u0080-\uffff]/.test(text)) throw new FunctionError('net/url: invalid control character in URL');
  if (text === '*') return { ...NONE, path: '*' };
  const [scheme, afterScheme] = splitScheme(text);
  const [rest, query] = cut(afterScheme, '?');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...NONE, scheme, opaque: rest, query };
    if (cut(rest, '/')[0].includes(':')) throw new FunctionError('first path segment in URL cannot contain colon');
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  if (!hasAuthority) return { ...NONE, scheme, query, path: unescapePart(rest, 'path') };
  const [authority] = cut(rest.slice(2), '/');
  return { ...NONE, ...parseAuthority(scheme, authority), scheme, query, path: unescapePart(rest.slice(2 + authority.length), 'path') };
}

function splitScheme(text: string): readonly [scheme: string, rest: string] {
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text) ?? [];
  if (scheme !== undefined) return [scheme.toLowerCase(), text.slice(scheme.length + 1)];
  if (text.startsWith(':')) throw new FunctionError('missing protocol scheme');
  return ['', text];
}

function parseAuthority(scheme: string, authority: string): Pick<Url, 'host' | 'userinfo' | 'hasUser'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at === -1) return { host, userinfo: '', hasUser: false };
  return { host, userinfo: parseUserinfo(authority.slice(0, at)), hasUser: true };
}

function parseUserinfo(text: string): string {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) throw new FunctionError('net/url: invalid userinfo');
  return text
    .split(/:([\s\S]*)/, 2)
    .map((part) => escapePart(unescapePart(part, 'user'), 'user'))
    .join(':');
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) throw new FunctionError('invalid IP-literal');
  if (bracket === 0) return parseLiteral(host);
  // More than one colon is let through, but not in the schemes that everybody uses.
  const isWeb = scheme === 'http' || scheme === 'https';
  const colon = isWeb ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon !== -1) refusePort(host.slice(colon));
  return unescapePart(host, 'host');
}

function parseLiteral(host: string): string {
  const end = host.lastIndexOf(']');
  if (end === -1) throw new FunctionError("missing ']' in host");
  const port = host.slice(end + 1);
  refusePort(port);
  const shownPort = unescapePart(port, 'host');
  const name = host.slice(1, end);
  const zone = name.indexOf('%25');
  const unescaped =
    zone === -1 ? unescapePart(name, 'host') : unescapePart(name.slice(0, zone), 'host') + unescapePart(name.slice(zone), 'zone');
  refuseLiteral(unescaped);
  return `[${unescaped}]${shownPort}`;
}

function refusePort(port: string): void {
  if (!/^(:[0-9]*)?$/.test(port)) throw new FunctionError(`invalid port ${quote(port)} after host`);
}

/** The host without its port, and an address without its brackets. */
export function hostnameOf(host: string): string {
  const name = host.replace(/:[0-9]*$/, '');
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}

/** The inverse of `parseUrl`, for one that was put together from its parts: paths, hosts and fragments are escaped. */
export function renderUrl({ scheme, opaque, userinfo, hasUser, host, path, query, fragment }: Url): string {
  const prefix = scheme === '' ? '' : `${scheme}:`;
  const behind = `${query && `?${query}`}${fragment && `#${escapePart(fragment, 'fragment')}`}`;
  if (opaque !== '') return prefix + opaque + behind;
  const hasAuthority = host !== '' || hasUser || (scheme !== '' && path !== '');
  const authority = hasAuthority ? `//${hasUser ? `${userinfo}@` : ''}${escapePart(host, 'host')}` : '';
  const escaped = path === '*' ? '*' : escapePart(path, 'path');
  const slash = escaped !== '' && !escaped.startsWith('/') && host !== '' ? '/' : '';
  const dot = prefix + authority + slash === '' && cut(escaped, '/')[0].includes(':') ? './' : '';
  return prefix + authority + slash + dot + escaped + behind;
}
