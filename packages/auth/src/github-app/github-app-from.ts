import type { KeyObject } from 'node:crypto';
import { withoutEnd } from '@gotk/apimachinery';
import { keysOf, type LoginSecret } from '../access/secret-keys.ts';
import { isLarge, MAX_RSA_BITS, privateKeyOf } from '../access/tls-keys.ts';

/** A GitHub App, installed somewhere. */
export interface GitHubApp {
  readonly appId: string;
  readonly installation: { readonly id: string } | { readonly owner: string };
  readonly privateKey: KeyObject;
  /** Ends with a slash. */
  readonly apiUrl: URL;
}

/** Whether a Secret holds the login of a GitHub App: upstream asks for it by `provider: github` alone. */
export const hasGitHubApp = ({ data }: LoginSecret): boolean => data?.githubAppID !== undefined;

/**
 * Reads `githubAppID`, `githubAppPrivateKey`, one of `githubAppInstallationID` and `githubAppInstallationOwner`, and `githubAppBaseURL`.
 * Throws `InvalidLogin`.
 */
export function githubAppFrom(secret: LoginSecret): GitHubApp {
  const keys = keysOf(secret);
  const text = (key: string) => keys.text(key)?.trim() || undefined;
  const appId = text('githubAppID');
  if (appId === undefined) throw keys.invalid("has no 'githubAppID', which the provider 'github' needs");
  if (!/^[\w.-]{1,100}$/.test(appId)) throw keys.invalid("has a 'githubAppID' that is none");
  const pem = text('githubAppPrivateKey');
  if (pem === undefined) throw keys.invalid("has no 'githubAppPrivateKey'");
  const privateKey = privateKeyOf(pem);
  if (privateKey?.asymmetricKeyType !== 'rsa') throw keys.invalid("has no RSA key in PEM in 'githubAppPrivateKey'");
  if (isLarge(privateKey)) throw keys.invalid(`has an RSA key of more than ${MAX_RSA_BITS} bits in 'githubAppPrivateKey'`);

  const [id, owner] = [text('githubAppInstallationID'), text('githubAppInstallationOwner')];
  if ((id === undefined) === (owner === undefined))
    throw keys.invalid("needs either 'githubAppInstallationID' or 'githubAppInstallationOwner'");
  if (id !== undefined && !/^\d{1,30}$/.test(id)) throw keys.invalid("has a 'githubAppInstallationID' that is no number");
  const installation = id === undefined ? { owner: owner ?? '' } : { id };

  const base = text('githubAppBaseURL');
  const apiUrl = URL.parse(base === undefined ? 'https://api.github.com/' : `${withoutEnd(base, '/')}/`);
  if (apiUrl === null || !/^https?:$/.test(apiUrl.protocol) || apiUrl.search !== '' || apiUrl.username !== '')
    throw keys.invalid("has no URL in 'githubAppBaseURL'");
  return { appId, installation, privateKey, apiUrl };
}
