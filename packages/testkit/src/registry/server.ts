import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startComponent, untilReady } from '../control-plane/component.ts';
import { freePort } from '../free-port.ts';
import { ask } from '../http/ask.ts';
import { type RecordedRequest, startFront } from '../http/front.ts';
import { programDirectory } from '../programs/program-directory.ts';
import { requireProgram } from '../programs/require-program.ts';
import { createPush, type Push } from './push.ts';
import { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

export interface RegistryOptions {
  /** Serve https, with a certificate of `ca`. */
  readonly tls?: boolean;
  /** `token`: a Bearer challenge, and a token server at `/token` that takes the login. Default: `none`. */
  readonly auth?: 'none' | 'basic' | 'token';
  /** Who may read and write. Default: testkit, secret. */
  readonly login?: RegistryLogin;
  /** With `token`: who does not log in may read. Default: false. */
  readonly anonymousPull?: boolean;
  /** With `token`: how long tokens last. Default: 300. */
  readonly tokenSeconds?: number;
  /** Answers instead of the registry, if it returns true. Such requests are in the log too. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface Registry extends AsyncDisposable, Push {
  readonly url: string;
  /** `127.0.0.1:port`, as image references name it. */
  readonly host: string;
  readonly ca: string | undefined;
  readonly login: RegistryLogin;
  /** Everything that was asked, also of the token server; what `pushBlob` and its like send does not count. */
  readonly requests: readonly RecordedRequest[];
  /** Holds all its data. */
  readonly directory: string;
  /** What the registry itself logged so far. */
  log(): Promise<string>;
}

const READY_WITHIN_MS = 20_000;

/**
 * A real registry (the CNCF distribution) on loopback, with its data in a temporary directory. It knows no referrers API: whoever asks
 * gets 404, and has to fall back to the tag that stands for it. Throws `MissingProgram`.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { tls = false, auth = 'none', login = { username: 'testkit', password: 'secret' }, intercept } = options;
  const program = await requireProgram('docker-registry');
  const directory = await programDirectory('registry');
  const issuer = auth === 'token' ? createTokenIssuer({ login, ...options }) : undefined;
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const front = await startFront({
    tls,
    answer(request, response) {
      if (intercept?.(request, response) === true || issuer?.answer(request, response) === true) return true;
      if (auth !== 'basic' || request.headers.authorization === basic) return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"', 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}\n');
      return true;
    },
  });
  const port = await freePort();
  const logFile = join(directory.path, 'registry.log');
  const configFile = join(directory.path, 'config.json');
  await writeFile(join(directory.path, 'trusted.pem'), issuer?.ca ?? '');
  // YAML is a superset of JSON.
  await writeFile(configFile, JSON.stringify(configuration({ directory: directory.path, port, realm: `${front.url}/token`, issuer })));
  const registry = await startComponent({ name: 'docker-registry', command: [program], args: ['serve', configFile], logFile });
  directory.guard([registry.pid]);
  const backend = `http://127.0.0.1:${port}`;
  const dispose = async () => {
    await front[Symbol.asyncDispose]();
    await registry.kill();
    await directory[Symbol.asyncDispose]();
  };
  try {
    await untilReady(registry, { probe: async () => (await ask(`${backend}/`)).status === 200, timeoutMs: READY_WITHIN_MS });
  } catch (error) {
    await dispose();
    throw error;
  }
  front.backendPort = port;
  return {
    url: front.url,
    host: new URL(front.url).host,
    ca: front.ca,
    login,
    directory: directory.path,
    requests: front.requests,
    ...createPush(backend, issuer),
    log: () => readFile(logFile, 'utf8'),
    [Symbol.asyncDispose]: dispose,
  };
}

interface Settings {
  readonly directory: string;
  readonly port: number;
  readonly realm: string;
  readonly issuer: TokenIssuer | undefined;
}

function configuration({ directory, port, realm, issuer }: Settings): object {
  return {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    ...(issuer === undefined
      ? {}
      : {
          auth: {
            token: { realm, service: issuer.service, issuer: issuer.name, rootcertbundle: join(directory, 'trusted.pem') },
          },
        }),
  };
}
