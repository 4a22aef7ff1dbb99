import { createHash, createHmac } from 'node:crypto';
import { type FakeClock, fakeClock } from '@gotk/apimachinery/fake-clock';
import type { CloudMeans, WorkloadIdentity } from '../src/cloud/means.ts';
import { type Received, startHttpServer, type TestServer } from './servers.ts';

/** What a test's cloud answers at an address: a status, 200 if it is left out, and a text or an object. */
export type CloudAnswer = { readonly status?: number; readonly body: unknown };
export type CloudAnswers = Readonly<Record<string, CloudAnswer | ((asked: Asked) => CloudAnswer)>>;

export interface Asked {
  /** As `POST https://sts.amazonaws.com/`. */
  readonly line: string;
  readonly headers: Received['headers'];
  readonly body: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface TestCloud extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly asked: readonly Asked[];
  readonly server: TestServer;
  /** Means of somebody in this cloud, with these variables and files. */
  means(more?: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
    readonly identity?: WorkloadIdentity;
  }): CloudMeans;
}

/** All addresses of a cloud on one server: what is asked of `https://host/path` comes to `/https/host/path`. */
export async function startCloud(answers: CloudAnswers): Promise<TestCloud> {
  const asked: Asked[] = [];
  const server = await startHttpServer(({ line, headers, body }, response) => {
    const entry: Asked = {
      line: line.replace(/^(\w+) \/(https?)\//, '$1 $2://'),
      headers,
      body,
      form: Object.fromEntries(new URLSearchParams(body)),
    };
    asked.push(entry);
    const found = answers[entry.line] ?? { status: 404, body: 'nobody here' };
    const { status = 200, body: answer } = typeof found === 'function' ? found(entry) : found;
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  const clock = fakeClock();
  return {
    clock,
    asked,
    server,
    means: ({ variables = {}, files = {}, identity } = {}) => ({
      clock,
      reach: 'anywhere',
      signal: AbortSignal.timeout(10_000),
      environment: {
        variables,
        readFile: async (path) => {
          const text = files[path];
          if (text === undefined) throw new Error(`no such file: ${path}`);
          return text;
        },
      },
      ...(identity === undefined ? {} : { identity }),
      reroute: (url) => new URL(`/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}${url.search}`, server.url),
    }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A ServiceAccount whose tokens say whom they are for. */
export const serviceAccount = (annotations: Readonly<Record<string, string>>, { name = 'app' } = {}): WorkloadIdentity => ({
  namespace: 'team',
  name,
  annotations,
  token: async (audiences) => `CANARY-token-for-${audiences.join('+').replace('://', ':')}`,
});

/** The signature that AWS would expect of a request to `host`, made out of what came over the wire. */
export function expectedSignature({ line, headers, body }: Asked, host: string, secretKey: string): string {
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  const [, scope = '', names = ''] = /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const values: Readonly<Record<string, unknown>> = { ...headers, host };
  const [method, url = ''] = line.split(' ');
  const signedLines = names.split(';').map((name) => `${name}:${values[name]}\n`);
  const canonical = [method, new URL(url).pathname, '', signedLines.join(''), names, hex(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', values['x-amz-date'], scope, hex(canonical)].join('\n');
  let key: string | Buffer = `AWS4${secretKey}`;
  for (const part of [...scope.split('/'), toSign]) key = createHmac('sha256', key).update(part).digest();
  return Buffer.from(key).toString('hex');
}
