import type { HttpLogin } from '../../http-login.ts';
import { IdentityError } from '../identity-error.ts';
import type { CloudMeans, Issued } from '../means.ts';
import { awsCredentials } from './credentials.ts';
import { canonicalRequest, sign, timestampOf } from './sigv4.ts';

const HOST = /^git-codecommit(?:-fips)?\.([a-z0-9-]{1,40})\.amazonaws\.com(?:\.cn)?$/;
/** CodeCommit takes a signature for as long as that. */
const VALID_MS = 15 * 60_000;

/**
 * A login for a repository of CodeCommit: a signature of its address as the password. It is made afresh each time, of credentials that are
 * shared. Throws `IdentityError`, also for any other host, or the signal's reason.
 */
export async function codeCommitLogin(url: URL, means: CloudMeans): Promise<Issued<HttpLogin>> {
  const region = url.protocol === 'https:' && url.port === '' ? HOST.exec(url.hostname)?.[1] : undefined;
  if (region === undefined) throw new IdentityError('aws', 'misconfigured', `'${url.host.slice(0, 200)}' is not CodeCommit over https`);
  const credentials = await awsCredentials({ region }, means);
  const nowMs = means.clock.now();
  const time = timestampOf(nowMs).slice(0, -1);
  // The made-up method, the time without its Z and the missing hash of the body are CodeCommit's.
  const canonical = canonicalRequest({ method: 'GIT', url: withoutQuery(url), headers: { host: url.host } }, '');
  const { signature } = sign(canonical, credentials, { region, service: 'codecommit', time });
  const { accessKeyId, sessionToken } = credentials;
  return {
    login: {
      kind: 'basic',
      origin: url.origin,
      username: sessionToken === undefined ? accessKeyId : `${accessKeyId}%${sessionToken}`,
      password: `${time}Z${signature}`,
    },
    expiresAtMs: Math.min(nowMs + VALID_MS, credentials.expiresAtMs),
  };
}

function withoutQuery(url: URL): URL {
  const bare = new URL(url);
  bare.search = '';
  return bare;
}
