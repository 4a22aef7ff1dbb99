import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, createSecretMask, fieldsOf, type HttpAccess, HttpFailure, type Reach } from '@gotk/auth';
import { SopsError } from '../sops-error.ts';

export interface VaultServer {
  /** As the file has it. */
  readonly address: string;
  readonly reach: Reach;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How to get there; directly unless told. No login: tokens are in the question. */
  readonly access?: ((url: URL) => Promise<Omit<HttpAccess, 'login'>>) | undefined;
}

export interface VaultQuestion {
  /** Below `/v1`, step by step. */
  readonly path: readonly string[];
  readonly token?: string;
  readonly body: Readonly<Record<string, string>>;
  /** What must not come back in an error, besides the token. */
  readonly secret?: string;
  /** Told when the server does not accept the token. */
  readonly onDenied?: () => void;
}

const MAX_BYTES = 256 * 1024;
const MAX_SHOWN = 300;

/** Asks a server of HashiCorp Vault or OpenBao, and gives back the fields of a good answer. Throws `SopsError`, or the signal's reason. */
export async function askVault(server: VaultServer, question: VaultQuestion): Promise<Readonly<Record<string, unknown>>> {
  const { path, token, body, secret, onDenied } = question;
  const url = urlOf(server.address, path);
  const mask = createSecretMask();
  for (const hidden of [token, secret]) if (hidden !== undefined) mask.hide(hidden);
  const access = { ...(await server.access?.(url)), login: { kind: 'anonymous' } } as const;
  using client = createHttpClient({ access, reach: server.reach, clock: server.clock });
  try {
    const headers = {
      'content-type': 'application/json',
      'x-vault-request': 'true',
      ...(token === undefined ? {} : { 'x-vault-token': token }),
    };
    const answer = await client.request(url, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
      signal: server.signal,
      maxBytes: MAX_BYTES,
    });
    const text = (await answer.bytes()).toString('utf8');
    if (answer.status === 200) return fieldsOf(text);
    if (answer.status === 403) onDenied?.();
    const why = mask.redact(errorsIn(text)).slice(0, MAX_SHOWN);
    throw new SopsError('no-key', `${url.host} answered ${answer.status}${why === '' ? '' : ` (${why})`}`);
  } catch (error) {
    if (error instanceof HttpFailure) throw new SopsError('no-key', mask.redact(error.message));
    throw error;
  }
}

function urlOf(address: string, path: readonly string[]): URL {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new SopsError('malformed', 'the address is none of a Vault server');
  const steps = [...url.pathname.split('/'), 'v1', ...path].filter((step) => step !== '');
  // A path could otherwise lead to something else that the token may do.
  if (path.length === 0 || steps.some((step) => !/^[\w.~@:+-]{1,200}$/.test(step) || /^\.{1,2}$/.test(step)))
    throw new SopsError('malformed', 'the path is none of a Vault server');
  return new URL(`/${steps.join('/')}`, url.origin);
}

function errorsIn(text: string): string {
  const { errors } = fieldsOf(text);
  return Array.isArray(errors)
    ? errors
        .filter((error) => typeof error === 'string')
        .join(', ')
        .replace(/\s+/g, ' ')
    : '';
}
