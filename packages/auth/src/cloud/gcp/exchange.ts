import { askCloud, type CloudMeans, formOf } from '../means.ts';
import { fieldsOf, textField, timeField } from '../provider-call.ts';

export const SCOPES = ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/userinfo.email'] as const;

export interface Exchange {
  readonly audience: string;
  /** Of somebody else, for whom Google has a provider of workload identities. */
  readonly subjectToken: string;
  readonly subjectTokenType?: string;
  /** The account of Google's to act as. */
  readonly impersonate?: string | undefined;
}

const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const EXCHANGE = 'exchange the token of the workload';

/** Exchanges a token for one of Google's (RFC 8693), and that for one of a service account, where there is one to act as. */
export async function exchangeToken({ audience, subjectToken, subjectTokenType = JWT, impersonate }: Exchange, means: CloudMeans) {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope: SCOPES.join(' '),
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: subjectToken,
    subject_token_type: subjectTokenType,
  };
  const url = new URL('https://sts.googleapis.com/v1/token');
  const answer = await askCloud(
    { provider: 'gcp', step: EXCHANGE, url, request: { method: 'POST', ...formOf(form) }, secrets: [subjectToken] },
    means,
  );
  const token = oauthToken(answer, EXCHANGE, means);
  return impersonate === undefined ? token : await impersonated(impersonate, token.token, means);
}

async function impersonated(email: string, token: string, means: CloudMeans) {
  const step = `act as ${email}`;
  const answer = await askCloud(
    {
      provider: 'gcp',
      step,
      url: new URL(`https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`),
      request: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ scope: SCOPES }),
        authorization: `Bearer ${token}`,
      },
      secrets: [token],
    },
    means,
  );
  const fields = fieldsOf(answer);
  const call = { provider: 'gcp', step } as const;
  return { token: textField(fields, 'accessToken', call), expiresAtMs: timeField(fields.expireTime, call) };
}

/** `access_token` and `expires_in`, as everybody's OAuth answers. */
export function oauthToken(answer: string, step: string, { clock }: CloudMeans) {
  const fields = fieldsOf(answer);
  const token = textField(fields, 'access_token', { provider: 'gcp', step });
  const seconds = Number(fields.expires_in);
  // Of an answer that does not say: what all of them last at least.
  return { token, expiresAtMs: clock.now() + (Number.isFinite(seconds) ? seconds : 300) * 1000 };
}
