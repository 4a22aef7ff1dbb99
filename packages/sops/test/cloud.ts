import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CloudMeans } from '@gotk/auth';
import { fakeClock, startScriptedServer } from '@gotk/testkit';

export interface Asked {
  /** As `POST https://kms.eu-west-1.amazonaws.com/`. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>;

/** All addresses of all clouds on one server: what is asked of `https://host/path` comes to `/https/host/path`. */
export async function startCloud(answers: Answers) {
  const asked: Asked[] = [];
  const server = await startScriptedServer(async (request, response) => {
    const line = `${request.method} ${(request.url ?? '').replace(/^\/(https?)\//, '$1://')}`;
    asked.push({ line, headers: request.headers, body: await text(request) });
    const { status = 200, body } = answers[line] ?? { status: 404, body: { message: 'nobody here' } };
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const clock = fakeClock();
  const means: Omit<CloudMeans, 'signal'> = {
    clock,
    reach: 'anywhere',
    environment: { variables: {}, readFile: () => Promise.reject(new Error('no file')) },
    reroute: (url) => new URL(`/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}${url.search}`, server.url),
  };
  return { asked, server, clock, means, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** The signature that AWS would expect of a request to `host`, made out of what came over the wire. */
export function expectedSignature({ headers, body }: Asked, host: string, secretKey: string): string {
  const hex = (value: string) => createHash('sha256').update(value).digest('hex');
  const [, scope = '', names = ''] = /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const values: Readonly<Record<string, unknown>> = { ...headers, host };
  const lines = names.split(';').map((name) => `${name}:${values[name]}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, hex(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', values['x-amz-date'], scope, hex(canonical)].join('\n');
  let key: string | Buffer = `AWS4${secretKey}`;
  for (const part of [...scope.split('/'), toSign]) key = createHmac('sha256', key).update(part).digest();
  return Buffer.from(key).toString('hex');
}
