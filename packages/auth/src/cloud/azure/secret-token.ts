import { constants, createHash, randomUUID, sign, X509Certificate } from 'node:crypto';
import { keysOf, type LoginSecret, type SecretKeys } from '../../access/secret-keys.ts';
import { isLarge, MAX_RSA_BITS, privateKeyOf } from '../../access/tls-keys.ts';
import { type CloudMeans, cached } from '../means.ts';
import type { AzureScope, AzureToken } from './azure-token.ts';
import { type AzureClient, authorityOf, clientToken, tokenUrl } from './client-token.ts';
import { managedIdentityToken } from './controller-token.ts';

/**
 * A token for what a Bucket's Secret names: an application with `tenantId`, `clientId` and `clientSecret` or `clientCertificate`, at
 * `authorityHost`; or, by `clientId` alone, an identity of the machine. Undefined for a Secret that names none: `accountKey` and `sasKey`
 * need no token. Throws `InvalidLogin`, `IdentityError`, or the signal's reason.
 */
export async function azureSecretToken(secret: LoginSecret, scope: AzureScope, means: CloudMeans): Promise<AzureToken | undefined> {
  const keys = keysOf(secret);
  const text = (key: string) => keys.text(key)?.trim() || undefined;
  const [tenant, client, clientSecret, certificate] = [text('tenantId'), text('clientId'), text('clientSecret'), text('clientCertificate')];
  if (client === undefined) return undefined;
  const given = text('authorityHost');
  if (given !== undefined && !/^https:\/\//.test(given)) throw keys.invalid("has an 'authorityHost' that is no https:// URL");
  const authority = given ?? authorityOf(means);
  if (!URL.canParse(authority)) throw keys.invalid("has an 'authorityHost' that is no https:// URL");

  if (tenant === undefined || (clientSecret === undefined && certificate === undefined))
    return await cached(['azure-machine', scope, client], means, (shared) => managedIdentityToken(scope, client, shared));
  const app: AzureClient = { tenant, client, authority };
  return await cached(['azure-app', scope, tenant, client, authority, clientSecret ?? certificate ?? ''], means, (shared) =>
    clientToken(
      app,
      clientSecret === undefined ? { assertion: assertionBy(certificate ?? '', { app, keys, means: shared }) } : { secret: clientSecret },
      { scope, means: shared },
    ),
  );
}

/** Ten minutes are what Entra's own libraries ask for. */
const VALID_SECONDS = 600;

/** The application's word, signed with the key of its certificate, as Microsoft's page on certificate credentials has it. */
function assertionBy(
  pem: string,
  { app, keys, means }: { readonly app: AzureClient; readonly keys: SecretKeys; readonly means: CloudMeans },
): string {
  const key = privateKeyOf(pem);
  if (key?.asymmetricKeyType !== 'rsa') throw keys.invalid("has no RSA key in PEM without a passphrase in 'clientCertificate'");
  if (isLarge(key)) throw keys.invalid(`has an RSA key of more than ${MAX_RSA_BITS} bits in 'clientCertificate'`);
  const certificate = certificateIn(pem);
  if (certificate === undefined) throw keys.invalid("has no certificate in PEM in 'clientCertificate'");
  const nowS = Math.floor(means.clock.now() / 1000);
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') };
  const claims = {
    aud: tokenUrl(app, means).href,
    iss: app.client,
    sub: app.client,
    jti: randomUUID(),
    nbf: nowS,
    exp: nowS + VALID_SECONDS,
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  // The padding of PS256, with a salt as long as the hash (RFC 7518, 3.5).
  const signature = sign('sha256', Buffer.from(signed), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${signed}.${signature.toString('base64url')}`;
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem.slice(Math.max(0, pem.indexOf('-----BEGIN CERTIFICATE-----'))));
  } catch {
    return undefined;
  }
}
