import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, createSecretMask, fieldsOf, type HttpAccess, HttpFailure, type Reach } from '@gotk/auth';
import { base64Bytes } from '../cipher/sealed-value.ts';
import type { KeyService, MasterKeyOf } from '../keys/master-key.ts';
import { SopsError } from '../sops-error.ts';

export interface VaultOptions {
  readonly token: string;
  readonly reach: Reach;
  readonly clock: Clock;
  /** How to get to a server; directly unless told. No login: the token is one. */
  readonly access?: Omit<HttpAccess, 'login'> | undefined;
}

const MAX_BYTES = 256 * 1024;
const MAX_SHOWN = 300;

/** Asks the transit engine of HashiCorp Vault or OpenBao at the address in the file. Throws `SopsError`, or the signal's reason. */
export function vaultService({ token, reach, clock, access = {} }: VaultOptions): KeyService<'hc_vault'> {
  return async (key, signal) => {
    const url = decryptUrl(key);
    const mask = createSecretMask();
    mask.learn(token);
    using client = createHttpClient({ access: { ...access, login: { kind: 'anonymous' } }, reach, clock });
    try {
      const headers = { 'content-type': 'application/json', 'x-vault-token': token, 'x-vault-request': 'true' };
      const body = JSON.stringify({ ciphertext: key.encrypted });
      const answer = await client.request(url, { method: 'PUT', headers, body, signal, maxBytes: MAX_BYTES });
      const text = (await answer.bytes()).toString('utf8');
      if (answer.status === 200) return plaintextIn(text, url);
      const why = mask.redact(errorsIn(text)).slice(0, MAX_SHOWN);
      throw new SopsError('no-key', `${url.host} answered ${answer.status}${why === '' ? '' : ` (${why})`}`);
    } catch (error) {
      if (error instanceof HttpFailure) throw new SopsError('no-key', mask.redact(error.message));
      throw error;
    }
  };
}

function decryptUrl({ address, enginePath, keyName }: MasterKeyOf<'hc_vault'>): URL {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new SopsError('malformed', 'the address is none of a Vault server');
  const steps = [...url.pathname.split('/'), 'v1', ...enginePath.split('/'), 'decrypt', ...keyName.split('/')].filter(
    (step) => step !== '',
  );
  // A path could otherwise lead to something else that the token may do.
  if (keyName === '' || enginePath === '' || steps.some((step) => !/^[\w.~@:+-]{1,200}$/.test(step) || /^\.{1,2}$/.test(step)))
    throw new SopsError('malformed', 'the key has no path in a transit engine');
  return new URL(`/${steps.join('/')}`, url.origin);
}

function plaintextIn(text: string, url: URL): Buffer {
  const { plaintext } = fieldsOf(JSON.stringify(fieldsOf(text).data ?? null));
  const bytes = typeof plaintext === 'string' && plaintext !== '' ? base64Bytes(plaintext) : undefined;
  if (bytes === undefined) throw new SopsError('no-key', `the answer of ${url.host} has no plaintext`);
  return bytes;
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
