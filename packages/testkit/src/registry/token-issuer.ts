import { randomUUID, sign, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { issueServingCertificate } from '../certificates/authority.ts';

/** What a token allows, in the form of the registry's tokens (distribution, spec/auth/jwt). */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export interface TokenIssuer {
  readonly name: string;
  readonly service: string;
  /** PEM of the authority that vouches for the signing key. */
  readonly ca: string;
  issue(access: readonly TokenAccess[], options?: { readonly subject?: string }): string;
  /** Answers `GET /token?service=…&scope=…` as a token server does; false when something else is asked. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

interface Options {
  readonly login: { readonly username: string; readonly password: string };
  readonly anonymousPull?: boolean;
  readonly tokenSeconds?: number;
}

const NAME = 'testkit-issuer';
const SERVICE = 'testkit-registry';

/** Signs tokens (ES256) that a registry verifies by the certificate in their header, as the token server of a hosted registry does. */
export function createTokenIssuer({ login, anonymousPull = false, tokenSeconds = 300 }: Options): TokenIssuer {
  const { ca, cert, key } = issueServingCertificate(['token-issuer']);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;

  const issue = (access: readonly TokenAccess[], { subject = '' } = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: NAME,
      sub: subject,
      aud: SERVICE,
      exp: now + tokenSeconds,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const body = `${encode(header)}.${encode(claims)}`;
    return `${body}.${sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  return {
    name: NAME,
    service: SERVICE,
    ca,
    issue,
    answer(request, response) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname !== '/token') return false;
      const { authorization } = request.headers;
      if (request.method !== 'GET') response.writeHead(405).end();
      else if (authorization !== undefined && authorization !== basic)
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"details":"incorrect username or password"}\n');
      else {
        const asked = url.searchParams.getAll('scope').flatMap(readScope);
        const given = authorization !== undefined ? asked : anonymousPull ? asked.map(onlyPull) : [];
        const token = issue(given, { subject: authorization === undefined ? '' : login.username });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ token, access_token: token, expires_in: tokenSeconds, issued_at: new Date().toISOString() }));
      }
      return true;
    },
  };
}

/** `repository:team/app:pull,push` */
function readScope(scope: string): readonly TokenAccess[] {
  return scope
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [type = '', ...rest] = part.split(':');
      const actions = (rest.pop() ?? '').split(',');
      return { type, name: rest.join(':'), actions };
    });
}

function onlyPull(access: TokenAccess): TokenAccess {
  return { ...access, actions: access.actions.filter((action) => action === 'pull') };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
