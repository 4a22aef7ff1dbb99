import { withoutEnd } from '@gotk/apimachinery';
import { GitError } from '../git-error.ts';

/**
 * The address of a submodule. One that begins with `./` or `../` is relative to the superproject's, as for Git: it replaces the last parts
 * of its path, and never the host. Both URLs and the `git@host:path` of ssh can be what it is relative to.
 *
 * Throws `GitError` for what is no http, https or ssh address: other transports run programs or read files (`ext::`, `file:`), and what
 * begins with a dash is an option somewhere (CVE-2017-1000117, CVE-2018-17456). A secret in the address, and line breaks, are refused as
 * well (CVE-2020-5260).
 */
export function submoduleUrl(written: string, superproject: URL): URL {
  const relative = /^\.\.?(\/|$)/.test(written);
  const absolute = relative ? superproject : parse(written);
  if (absolute === null || !PROTOCOLS.has(absolute.protocol) || absolute.hostname === '' || absolute.hostname.startsWith('-'))
    throw refused(written);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  if (/[\u0000-\u0020\u007f\\]/.test(written) || absolute.password !== '' || absolute.username.startsWith('-')) throw refused(written);
  if (!relative) return absolute;
  const parts = withoutEnd(superproject.pathname, '/').split('/').slice(1);
  for (const part of written.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) throw refused(written);
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  if (parts.length === 0) throw refused(written);
  const url = new URL(superproject);
  // Not parsed: `//host` at its start, or an escaped dot, would lead elsewhere.
  url.pathname = `/${parts.join('/')}`;
  url.search = '';
  url.hash = '';
  if (url.host !== superproject.host) throw refused(written);
  return url;
}

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'ssh:']);

/** `user@host:path`, as people write it; a URL has a slash behind its colon. */
const SCP_LIKE = /^([\w.-]+@)?([\w.-]+):(?!\/\/)([^:].*)$/;

function parse(written: string): URL | null {
  const [, user = '', host, path = ''] = SCP_LIKE.exec(written) ?? [];
  return host === undefined ? URL.parse(written) : URL.parse(`ssh://${user}${host}/${path.replace(/^\/+/, '')}`);
}

const refused = (written: string): GitError =>
  new GitError('hostile-content', `the address of a submodule is none that is fetched from: ${JSON.stringify(shown(written))}`);

/** Without what may be a secret in it. */
const shown = (written: string): string =>
  written
    .replace(/[?#].*$/s, '')
    .replace(/\/\/[^/@]*@/, '//')
    .slice(0, 120);

/**
 * Whether credentials for one address may be sent to the other: they belong to the origin that they are for, and ssh has origins as well.
 */
export const sharesLogin = (a: URL, b: URL): boolean => a.protocol === b.protocol && a.host === b.host;
