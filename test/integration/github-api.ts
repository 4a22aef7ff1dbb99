import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface GitHubApi extends AsyncDisposable {
  readonly url: string;
  /** Of the app. */
  readonly privateKey: string;
  /** `METHOD path`, of requests by the app. */
  readonly requests: readonly string[];
}

const pair = (text: string): Record<string, unknown> => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));

/** As much of GitHub's API as an app needs to get a token for its installation `7` with the owner `team`: whoever asks has to have signed who they are with the app's key. */
export async function startGitHubApi({ appId, token }: { readonly appId: string; readonly token: string }): Promise<GitHubApi> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const requests: string[] = [];

  const isApp = (authorization = ''): boolean => {
    const [header = '', claims = '', signature = ''] = authorization.replace(/^Bearer /, '').split('.');
    if (!verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))) return false;
    const { iss, iat, exp } = pair(claims);
    const now = Date.now() / 1000;
    // GitHub takes no more than ten minutes.
    return iss === appId && Number(iat) <= now && Number(exp) > now && Number(exp) - Number(iat) <= 600;
  };
  const answers: Readonly<Record<string, unknown>> = {
    'GET /orgs/team/installation': { id: 7 },
    'POST /app/installations/7/access_tokens': { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() },
  };
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    if (!isApp(request.headers.authorization)) return response.writeHead(401).end('{"message":"a JSON web token could not be decoded"}');
    requests.push(line);
    const answer = answers[line];
    return answer === undefined ? response.writeHead(404).end('{}') : response.writeHead(200).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
