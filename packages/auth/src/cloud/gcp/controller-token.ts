import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, fileOf } from '../means.ts';
import { fieldsIn, fieldsOf } from '../provider-call.ts';
import { tokenByAccountKey } from './account-key.ts';
import { exchangeToken, oauthToken } from './exchange.ts';
import { metadataOf } from './metadata.ts';

/** The controller's own token: by the file that GOOGLE_APPLICATION_CREDENTIALS names, or of the machine. */
export async function controllerToken(means: CloudMeans) {
  const path = means.environment.variables.GOOGLE_APPLICATION_CREDENTIALS;
  if (path !== undefined && path !== '') return await tokenByFile(path, means);
  const step = "get a token of the machine's service account";
  return oauthToken(await metadataOf('instance/service-accounts/default/token', step, means), step, means);
}

async function tokenByFile(path: string, means: CloudMeans) {
  const text = await fileOf(path, means, { provider: 'gcp', what: 'the credentials of the controller' });
  const fields = fieldsOf(text);
  if (fields.type === 'service_account') return await tokenByAccountKey(text, means);
  if (fields.type !== 'external_account')
    throw new IdentityError('gcp', 'misconfigured', `${path} holds neither a service account nor an external account`);
  const [, impersonate] =
    /\/serviceAccounts\/([^/:]{1,300}):generateAccessToken$/.exec(String(fields.service_account_impersonation_url ?? '')) ?? [];
  return await exchangeToken(
    {
      audience: String(fields.audience ?? ''),
      subjectToken: await subjectToken(fieldsIn(fields, 'credential_source'), means),
      subjectTokenType: String(fields.subject_token_type ?? ''),
      impersonate: impersonate === undefined ? undefined : decodeURIComponent(impersonate),
    },
    means,
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** From a file or a service next door. Programs are not started, and AWS's own way is not known here. */
async function subjectToken(source: Fields, means: CloudMeans): Promise<string> {
  const { file, url } = source;
  if (typeof file === 'string') return tokenIn(await fileOf(file, means, { provider: 'gcp', what: 'the token of the controller' }), source);
  const address = typeof url === 'string' ? URL.parse(url) : null;
  if (address === null)
    throw new IdentityError('gcp', 'misconfigured', 'the external account names neither a file nor a URL for its token');
  const headers = Object.fromEntries(Object.entries(fieldsIn(source, 'headers')).map(([name, value]) => [name, String(value)]));
  const step = "get the external account's token";
  return tokenIn(
    await askCloud({ provider: 'gcp', step, url: address, request: { headers }, secrets: Object.values(headers), local: true }, means),
    source,
  );
}

function tokenIn(text: string, source: Fields): string {
  const { type, subject_token_field_name: name } = fieldsIn(source, 'format');
  if (type !== 'json') return text.trim();
  const token = fieldsOf(text)[String(name)];
  if (typeof token === 'string') return token;
  throw new IdentityError('gcp', 'misconfigured', "the external account's token is not where its configuration says");
}
