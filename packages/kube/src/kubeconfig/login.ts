import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { cachedToken } from './cached-token.ts';
import { execLogin } from './exec-login.ts';
import { type Entry, type Fields, textOf } from './format.ts';

type Login = Pick<ClusterConnection, 'token' | 'clientCertificate'>;

/** Ways of logging in that we do not have: whoever relies on one must hear so, and not be taken for somebody else. */
const UNSUPPORTED = ['auth-provider', 'username', 'password', 'as', 'as-uid', 'as-groups', 'as-user-extra'] as const;
/** As client-go does with token files. */
const REREAD_MS = 60_000;

/** How a kubeconfig's user proves who it is: token, token file, client certificate or exec plugin. Throws for every other way. */
export async function loginOf({ user, cluster }: { readonly user: Entry; readonly cluster: Fields }, clock: Clock): Promise<Login> {
  const { fields, directory } = user;
  for (const name of UNSUPPORTED)
    if (isSet(fields[name])) throw new Error(`its user logs in by '${name}', which is not supported: use a token, a certificate or exec`);
  if (fields.exec !== undefined && fields.exec !== null) return execLogin({ exec: fields.exec, cluster, directory }, clock);

  const [cert, key] = await Promise.all([pemOf(user, 'client-certificate'), pemOf(user, 'client-key')]);
  if ((cert === undefined) !== (key === undefined)) throw new Error('its user has one of client certificate and key, but not the other');
  const clientCertificate = cert === undefined || key === undefined ? undefined : { cert, key };
  const token = tokenOf(user, clock);
  return { clientCertificate, ...(token === undefined ? {} : { token }) };
}

/** As client-go has it: what is empty is not there. */
const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);

/** A token file goes before a token, because it can change. */
function tokenOf({ fields, directory }: Entry, clock: Clock): ClusterConnection['token'] {
  const file = textOf(fields, 'tokenFile');
  const token = textOf(fields, 'token');
  if (file === undefined) return token === undefined ? undefined : () => Promise.resolve(token);
  return cachedToken(async () => {
    const text = await readFile(within(directory, file), 'utf8');
    return { token: text.trim(), untilMs: clock.monotonic() + REREAD_MS };
  }, clock);
}

/** PEM from `name-data` in base64, or from the file that `name` points to. */
export async function pemOf({ fields, directory }: Entry, name: string): Promise<string | undefined> {
  const data = textOf(fields, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const file = textOf(fields, name);
  return file === undefined ? undefined : readFile(within(directory, file), 'utf8');
}

const within = (directory: string, path: string) => (isAbsolute(path) ? path : join(directory, path));
