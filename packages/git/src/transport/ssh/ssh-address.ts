import { GitError } from '../../git-error.ts';

export interface SshAddress {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Absolute, or beginning with `~`. */
  readonly path: string;
}

/**
 * Where an `ssh://` URL leads. Everything in it is decoded and taken as it is: `?` and `#` are part of the path, as in upstream's Git.
 * Throws `GitError` for one that leads nowhere, and for what could be read as something else by a shell, a log or an option parser.
 */
export function sshAddressOf(url: URL): SshAddress {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (!/^[a-z0-9_][a-z0-9._:-]*$/.test(host) && !/^::[0-9a-f.:]*$/.test(host)) throw invalid('its host is no name');
  const path = decoded(url.pathname + url.search + url.hash);
  if (path.replaceAll('/', '') === '') throw invalid('it names no repository');
  // Git's own rule (connect.c): whose home it is says what follows the slash.
  return { host, port: url.port === '' ? 22 : Number(url.port), path: path.startsWith('/~') ? path.slice(1) : path };
}

function decoded(text: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    throw invalid('it has a percent sign that stands for nothing');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/[\u0000-\u001f\u007f]/.test(plain)) throw invalid('it has control characters');
  return plain;
}

const invalid = (why: string) => new GitError('not-found', `the address of the repository is not valid: ${why}`);

/** The one command that is ever run: its argument is quoted as Git quotes it (sq_quote_buf), for the server's shell. */
export const uploadPackCommand = ({ path }: Pick<SshAddress, 'path'>): string =>
  `git-upload-pack '${path.replace(/['!]/g, (character) => `'\\${character}'`)}'`;

/** What to write in the place of `git@host:path`, which is no URL; undefined for what is not such an address. */
export function urlForScpAddress(text: string): string | undefined {
  const parts = /^(?:([^\s/:@]+)@)?(\[[0-9a-fA-F:.]+\]|[^\s/:@[\]]+):(?!\/\/)([^\s]+)$/.exec(text);
  if (parts === null) return undefined;
  const [, user, host = '', path = ''] = parts;
  return `ssh://${user === undefined ? '' : `${user}@`}${host}/${path.replace(/^\//, '')}`;
}
