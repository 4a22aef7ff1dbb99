import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A web server with files in memory, as most Helm repositories are. */
export interface HelmServer extends AsyncDisposable {
  readonly url: string;
  readonly files: Map<string, string | Buffer>;
  /** `GET /index.yaml` and the like, with what came along. */
  readonly requests: { readonly line: string; readonly headers: IncomingMessage['headers']; status: number }[];
  /** Paths of those requests since the last call. */
  asked(): readonly string[];
  /** Charts, and an index of them. */
  publish(...charts: readonly TestChart[]): void;
}

export interface HelmServerOptions {
  /** Serves https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whoever does not send this gets 401. */
  readonly authorization?: string;
  /** Answers instead, if it returns true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export async function startHelmServer({ authorization, intercept, tls }: HelmServerOptions = {}): Promise<HelmServer> {
  const files = new Map<string, string | Buffer>();
  const requests: HelmServer['requests'] = [];
  let seen = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/';
    const record = { line: `${request.method} ${path}`, headers: request.headers, status: 0 };
    requests.push(record);
    response.on('finish', () => {
      record.status = response.statusCode;
    });
    if (intercept?.(request, response) === true) return;
    const file = files.get(path.slice(1));
    if (authorization !== undefined && request.headers.authorization !== authorization) return void response.writeHead(401).end();
    if (file === undefined) return void response.writeHead(404).end();
    const etag = `"${sha256(file)}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag }).end(file);
  };
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    files,
    requests,
    asked() {
      const since = requests.slice(seen).map(({ line }) => line.replace('GET /', ''));
      seen = requests.length;
      return since;
    },
    publish(...charts) {
      const archives = charts.map((chart) => ({ chart, archive: chartArchive(chart) }));
      for (const { chart, archive } of archives) files.set(`${chart.name}-${chart.version}.tgz`, archive);
      files.set('index.yaml', indexOf(archives.map(({ chart, archive }) => ({ ...chart, digest: sha256(archive) }))));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestChart {
  readonly name: string;
  readonly version: string;
  /** Besides Chart.yaml, below the chart's directory; one of the same name takes its place. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export interface IndexedVersion {
  readonly name: string;
  readonly version: string;
  readonly url?: string;
  readonly digest?: string;
}

export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const chartYaml = ({ name, version }: Pick<TestChart, 'name' | 'version'>): string =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;

/** The files of a chart, below its directory. */
export const chartFiles = (chart: TestChart): Readonly<Record<string, string | Buffer>> => ({
  'Chart.yaml': chartYaml(chart),
  'values.yaml': 'replicas: 1 # as it was written\n',
  'templates/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
  ...chart.files,
});

/** A `.tgz` as other programs make them. */
export const chartArchive = (chart: TestChart): Buffer =>
  archiveOf(Object.entries(chartFiles(chart)).map(([name, content]) => ({ name: `${chart.name}/${name}`, content })));

export interface TarFile {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Makes it a symbolic link. */
  readonly linkTo?: string;
}

/** A `.tar.gz` of anything, whether or not anybody should take it. */
export function archiveOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ name, content = '', linkTo = '' }) => {
    const bytes = Buffer.from(content);
    return [tarHeader(name, bytes.length, linkTo), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader(name: string, size: number, linkTo: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`0000644\0${'0000000\0'.repeat(2)}${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0${' '.repeat(8)}`, 100);
  header.write(linkTo === '' ? '0' : '2', 156);
  header.write(linkTo, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

export function indexOf(versions: readonly IndexedVersion[]): string {
  const names = [...new Set(versions.map(({ name }) => name))];
  const entries = names.map((name) => {
    const its = versions.filter((each) => each.name === name);
    const items = its.map(
      ({ version, url = `${name}-${version}.tgz`, digest }) =>
        `  - apiVersion: v2\n    name: ${name}\n    version: ${version}\n    urls:\n    - ${url}\n${digest === undefined ? '' : `    digest: ${digest}\n`}`,
    );
    return `  ${name}:\n${items.join('')}`;
  });
  return `apiVersion: v1\nentries:\n${entries.join('')}generated: "2026-01-01T00:00:00Z"\n`;
}
