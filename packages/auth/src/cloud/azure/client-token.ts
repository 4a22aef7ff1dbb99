import { askCloud, type CloudMeans, formOf } from '../means.ts';
import { fieldsOf, textField, timeField } from '../provider-call.ts';

export interface AzureClient {
  readonly tenant: string;
  readonly client: string;
  /** Who hands out tokens; absent: the environment's. */
  readonly authority?: string;
}

/** How an application proves itself: a token of somebody whom it trusts, or a secret of its own. */
export type ClientProof = { readonly assertion: string } | { readonly secret: string };

const STEP = 'log in with Microsoft Entra';
const CALL = { provider: 'azure', step: STEP } as const;

/** Public Azure's, unless the environment is in another cloud. */
export const authorityOf = ({ environment }: CloudMeans): string =>
  environment.variables.AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com/';

export const tokenUrl = ({ tenant, authority }: AzureClient, means: CloudMeans): URL =>
  new URL(`/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, authority ?? authorityOf(means));

/** A token for an application, by the client credentials of OAuth 2 (RFC 6749, 4.4; RFC 7523). */
export async function clientToken(
  app: AzureClient,
  proof: ClientProof,
  { scope, means }: { readonly scope: string; readonly means: CloudMeans },
) {
  const url = tokenUrl(app, means);
  const proven =
    'secret' in proof
      ? { client_secret: proof.secret }
      : { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: proof.assertion };
  const request = { method: 'POST', ...formOf({ client_id: app.client, scope, grant_type: 'client_credentials', ...proven }) } as const;
  return tokenIn(await askCloud({ ...CALL, url, request, secrets: Object.values(proof) }, means), STEP, means);
}

/** The answers of Entra and of machines: one says for how long, the other until when. */
export function tokenIn(answer: string, step: string, { clock }: CloudMeans) {
  const fields = fieldsOf(answer);
  const call = { provider: 'azure', step } as const;
  const token = textField(fields, 'access_token', call);
  const { expires_on: until, expires_in: seconds } = fields;
  if (until !== undefined) return { token, expiresAtMs: timeField(until, call) };
  return { token, expiresAtMs: clock.now() + timeField(seconds, call) };
}
