import { createHash, sign } from 'node:crypto';
import type { Clock } from '@gotk/apimachinery';
import { IdentityError } from '../cloud/identity-error.ts';
import { callProvider, fieldsOf, textField, timeField } from '../cloud/provider-call.ts';
import type { HttpClient } from '../outbound/http-client.ts';
import type { Expiring } from '../token-cache/token-cache.ts';
import type { GitHubApp } from './github-app-from.ts';

export interface InstallationToken extends Expiring {
  readonly token: string;
}

export interface GitHubMeans {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A token for what the app may do where it is installed, good for an hour. Throws `IdentityError`, or the signal's reason. */
export async function installationToken(app: GitHubApp, means: GitHubMeans): Promise<InstallationToken> {
  const jwt = appJwt(app, means.clock);
  const id = 'id' in app.installation ? app.installation.id : await installationOf(app.installation.owner, jwt, { app, means });
  const step = 'create a token for the installation';
  const fields = await ask({ method: 'POST', path: `app/installations/${id}/access_tokens`, step, jwt }, { app, means });
  const call = { provider: 'github', step } as const;
  return { token: textField(fields, 'token', call), expiresAtMs: timeField(fields.expires_at, call) };
}

/** What everything about the token depends on, for a cache. */
export const installationKey = ({ appId, installation, privateKey, apiUrl }: GitHubApp): readonly string[] => [
  'github',
  appId,
  JSON.stringify(installation),
  apiUrl.href,
  createHash('sha256')
    .update(privateKey.export({ type: 'pkcs8', format: 'der' }))
    .digest('base64'),
];

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Who the app is (RFC 7519), for two minutes. Clocks may differ: it is made out for half a minute ago. */
function appJwt({ appId, privateKey }: GitHubApp, clock: Clock): string {
  const iat = Math.floor(clock.now() / 1000) - 30;
  const signed = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ iat, exp: iat + 120, iss: appId })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

interface Where {
  readonly app: GitHubApp;
  readonly means: GitHubMeans;
}

/** GitHub does not say whether an owner is an organisation or a person. */
async function installationOf(owner: string, jwt: string, where: Where): Promise<string> {
  const step = `find the installation for '${owner.slice(0, 100)}'`;
  for (const kind of ['orgs', 'users']) {
    try {
      const { id } = await ask({ method: 'GET', path: `${kind}/${encodeURIComponent(owner)}/installation`, step, jwt }, where);
      if (typeof id === 'number') return String(id);
    } catch (error) {
      if (!(error instanceof IdentityError && error.kind === 'refused') || kind === 'users') throw error;
    }
  }
  throw new IdentityError('github', 'refused', `failed to ${step}: the answer has no 'id'`);
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly step: string;
  readonly jwt: string;
}

const ask = async ({ method, path, step, jwt }: Question, { app, means: { client, signal } }: Where) =>
  fieldsOf(
    await callProvider({
      client,
      provider: 'github',
      step,
      url: new URL(path, app.apiUrl),
      request: {
        method,
        headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
        authorization: `Bearer ${jwt}`,
        signal,
      },
      secrets: [jwt],
    }),
  );
