import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startComponent, untilReady } from '../control-plane/component.ts';
import { freePort } from '../free-port.ts';
import { ask, askFor } from '../http/ask.ts';
import { type RecordedRequest, startFront } from '../http/front.ts';
import { programDirectory } from '../programs/program-directory.ts';
import { requireProgram } from '../programs/require-program.ts';
import { signS3 } from './s3-signature.ts';

export interface BucketServerOptions {
  /** Serve https, with a certificate of `ca`. */
  readonly tls?: boolean;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Answers instead of the server, if it returns true. Such requests are in the log too. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface BucketServer extends AsyncDisposable {
  readonly url: string;
  /** `127.0.0.1:port`, as `spec.endpoint` of a Bucket names it. */
  readonly endpoint: string;
  readonly region: string;
  readonly ca: string | undefined;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Everything that was asked; what `createBucket` and its like send does not count. */
  readonly requests: readonly RecordedRequest[];
  /** Holds all its data. */
  readonly directory: string;
  createBucket(name: string): Promise<void>;
  /** Anybody may list it and read its objects from now on. */
  makePublic(bucket: string): Promise<void>;
  /** Resolves with its ETag, quotes and all. */
  putObject(bucket: string, key: string, content: string | Uint8Array): Promise<string>;
  deleteObject(bucket: string, key: string): Promise<void>;
}

const READY_WITHIN_MS = 20_000;

/**
 * A real S3 server (Versity S3 Gateway, over a temporary directory) on loopback; buckets are addressed by path. Throws `MissingProgram`.
 */
export async function startBucketServer({ tls = false, region = 'us-east-1', intercept }: BucketServerOptions = {}): Promise<BucketServer> {
  const program = await requireProgram('versitygw');
  const directory = await programDirectory('bucket');
  const [data, metadata] = [join(directory.path, 'data'), join(directory.path, 'metadata')];
  await Promise.all([mkdir(data), mkdir(metadata)]);
  const front = await startFront({ tls, ...(intercept === undefined ? {} : { answer: intercept }) });
  const port = await freePort();
  const [accessKey, secretKey] = ['testkit-access-key', 'testkit-secret-key'];
  const server = await startComponent({
    name: 'versitygw',
    command: [program, '--port', `127.0.0.1:${port}`, '--access', accessKey, '--secret', secretKey, '--region', region, '--quiet'],
    // Attributes in files of their own: not every file system of a temporary directory keeps extended ones.
    args: ['posix', '--sidecar', metadata, data],
    logFile: join(directory.path, 'versitygw.log'),
  });
  directory.guard([server.pid]);
  const backend = `http://127.0.0.1:${port}`;
  const dispose = async () => {
    await front[Symbol.asyncDispose]();
    await server.kill();
    await directory[Symbol.asyncDispose]();
  };
  try {
    await untilReady(server, { probe: async () => (await ask(backend)).status > 0, timeoutMs: READY_WITHIN_MS });
  } catch (error) {
    await dispose();
    throw error;
  }
  front.backendPort = port;

  const signed = async (
    status: number,
    path: string,
    { method, content = '' }: { readonly method: string; readonly content?: string | Uint8Array },
  ) => {
    const url = new URL(path, backend);
    const body = Buffer.from(content);
    return askFor(status, url.href, { method, body, headers: signS3({ method, url, body }, { accessKey, secretKey, region }) });
  };
  return {
    url: front.url,
    endpoint: new URL(front.url).host,
    region,
    ca: front.ca,
    accessKey,
    secretKey,
    requests: front.requests,
    directory: directory.path,
    async createBucket(name) {
      await signed(200, `/${name}`, { method: 'PUT' });
    },
    async makePublic(bucket) {
      await signed(204, `/${bucket}?policy=`, { method: 'PUT', content: JSON.stringify(publicPolicy(bucket)) });
    },
    async putObject(bucket, key, content) {
      return String((await signed(200, objectPath(bucket, key), { method: 'PUT', content })).headers.etag);
    },
    async deleteObject(bucket, key) {
      await signed(204, objectPath(bucket, key), { method: 'DELETE' });
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function objectPath(bucket: string, key: string): string {
  // S3 signs the path as it is sent, and wants these encoded too.
  const encode = (part: string) =>
    encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `/${bucket}/${key.split('/').map(encode).join('/')}`;
}

function publicPolicy(bucket: string): object {
  const resource = `arn:aws:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket', 's3:GetObject'], Resource: [resource, `${resource}/*`] }],
  };
}
