import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { entryOf as tarEntryOf } from '../../packages/artifact/test/tar.ts';
import { FLUSH, renderPacket } from '../../packages/git/src/protocol/pkt-line.ts';
import { ADVERTISEMENT } from '../../packages/git/test/git-server.ts';
import { copyOf, entryOf, idOf, packOf, sizeOf, TYPE } from '../../packages/git/test/pack.ts';

const MIB = 1024 * 1024;

/** A server that does to every request what the first part of its path says; also as a host of its own for clients that take no path. */
export interface HostileServer extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** How many requests came in. */
  readonly asked: () => number;
}

export type Hostility = (request: IncomingMessage, response: ServerResponse) => void;

const endless = (response: ServerResponse, chunk: Buffer) => {
  // What follows the head of an answer to HEAD goes nowhere, at once.
  if (response.req.method === 'HEAD') return void response.end();
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
};

/** What servers do that mean no good, or are broken. */
export const HOSTILITIES = {
  'says nothing': () => undefined,
  'drips a byte a second': (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('1'), 1_000);
    response.on('close', () => clearInterval(timer));
  },
  'never ends': (_request, response) => {
    response.writeHead(200);
    endless(response, Buffer.alloc(64 * 1024, '0'));
  },
  'sends garbage': (_request, response) => response.end(Buffer.alloc(MIB, '\xff<{[-\0')),
} as const satisfies Readonly<Record<string, Hostility>>;

export async function startHostileServer(hostility: Hostility): Promise<HostileServer> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.on('error', () => undefined);
    hostility(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A repository of one commit whose pack of a few kilobytes unfolds to six gigabytes. */
function deltaBomb(): Hostility {
  const base = Buffer.alloc(MIB);
  const delta = Buffer.concat([sizeOf(MIB), sizeOf(30 * MIB), ...Array.from({ length: 30 }, () => copyOf(0, MIB))]);
  const bombs = Array.from({ length: 200 }, () => entryOf(TYPE.refDelta, delta, { base: Buffer.from(idOf('blob', base), 'hex') }));
  return commitOf({ objects: [entryOf(TYPE.blob, base), ...bombs] });
}

interface ServedCommit {
  /** The content of its root. */
  readonly tree?: Buffer;
  /** What is in the pack besides the commit and its root. */
  readonly objects?: readonly Buffer[];
  /** Lines of the listing before that of the one branch. */
  readonly listed?: () => Iterable<string>;
}

/** As much of a Git server as it takes to serve one commit, whatever it is. */
export function commitOf({ tree = Buffer.alloc(0), objects = [], listed = () => [] }: ServedCommit): Hostility {
  const commit = `tree ${idOf('tree', tree)}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n`;
  const oid = idOf('commit', commit);
  const pack = packOf([entryOf(TYPE.commit, commit), entryOf(TYPE.tree, tree), ...objects]);
  const listing = function* () {
    yield* listed();
    yield `${renderPacket(`${oid} refs/heads/main`)}${FLUSH}`;
  };
  return (request, response) => {
    if (request.method === 'GET') return void response.end(ADVERTISEMENT);
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      if (Buffer.concat(parts).includes('command=ls-refs')) return void Readable.from(listing()).pipe(response);
      response.write(renderPacket('packfile'));
      for (let at = 0; at < pack.length; at += 60_000) {
        const band = Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 60_000)]);
        response.write(Buffer.concat([Buffer.from((band.length + 4).toString(16).padStart(4, '0')), band]));
      }
      response.end(FLUSH);
    });
  };
}

/** An index whose aliases stand for each other ten deep. */
const indexBomb: Hostility = (_request, response) => {
  const levels = Array.from({ length: 10 }, (_, n) => `  a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(',')}]\n`);
  response.end(`apiVersion: v1\nentries:\n  a0: &a0 [x]\n${levels.join('')}`);
};

/** Pages without end, each of which takes as long to read as a page can. */
const listingBomb: Hostility = (request, response) => {
  request.resume();
  if (request.url?.includes('list-type') !== true) return void response.writeHead(404).end();
  const next = `<IsTruncated>true</IsTruncated><NextContinuationToken>${Math.random()}</NextContinuationToken>`;
  response.end(`<ListBucketResult>${next}${'<a/>'.repeat(MIB)}</ListBucketResult>`);
};

/** An artifact whose one layer, of a few hundred kilobytes, has more files than anybody may unpack. */
function layerBomb(): Hostility {
  const layer = gzipSync(Buffer.concat(Array.from({ length: 110_000 }, (_, n) => tarEntryOf({ name: `f${n}` }))));
  return registryOf({ digest: digestOf([layer]), size: layer.length }, (response) => response.end(layer));
}

/** An artifact whose one layer is so many mebibytes of zeros; it may say that it is larger. */
export function zeros(mebibytes: number, { size = mebibytes * MIB }: { readonly size?: number } = {}): Hostility {
  const chunk = Buffer.alloc(MIB);
  const chunks = () => Array<Buffer>(mebibytes).fill(chunk);
  return registryOf({ digest: digestOf(chunks()), size }, (response) => void Readable.from(chunks()).pipe(response));
}

export function digestOf(chunks: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** As much of a registry as it takes to serve one artifact. */
export function registryOf(layer: { readonly digest: string; readonly size: number }, send: (response: ServerResponse) => void): Hostility {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(['{}']), size: 2 },
    layers: [{ mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip', ...layer }],
  });
  const head = { 'content-type': mediaType, 'docker-content-digest': digestOf([manifest]), 'content-length': Buffer.byteLength(manifest) };
  return (request, response) => {
    if (request.url?.includes('/blobs/') === true) return send(response);
    if (request.url?.includes('/manifests/') !== true) return void response.end('{}');
    response.writeHead(200, head).end(request.method === 'HEAD' ? undefined : manifest);
  };
}

/** What takes whoever reads it longer than whoever sent it, by the kind of source it is for. */
export const BOMBS = {
  'a bomb of deltas': deltaBomb,
  'a bomb of aliases': () => indexBomb,
  'a bomb of files': layerBomb,
  'a bomb of pages': () => listingBomb,
} as const satisfies Readonly<Record<string, () => Hostility>>;
