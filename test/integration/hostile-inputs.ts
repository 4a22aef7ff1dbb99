import { gzipSync } from 'node:zlib';
import { renderPacket } from '../../packages/git/src/protocol/pkt-line.ts';
import { entryOf, idOf, TYPE } from '../../packages/git/test/pack.ts';
import { archiveOf, chartYaml, indexOf, sha256 } from './helm-server.ts';
import { commitOf, digestOf, type Hostility, registryOf } from './hostile-server.ts';

const MIB = 1024 * 1024;
const DEPTH = 100_000;

/** A branch among a million others, which the server sends though it was asked for none of them. */
function millionReferences(): Hostility {
  const listed = function* () {
    for (let at = 0; at < 1_000_000; at += 1_000)
      yield Array.from({ length: 1_000 }, (_, n) => renderPacket(`${'a'.repeat(40)} refs/heads/b${at + n}`)).join('');
  };
  return commitOf({ ...treeOf(['a.yaml']), listed });
}

const BLOB = 'a: 1\n';

/** A tree in which all these names stand for one file. */
const treeOf = (names: readonly string[]) => ({
  tree: Buffer.concat(names.flatMap((name) => [Buffer.from(`100644 ${name}\0`), Buffer.from(idOf('blob', BLOB), 'hex')])),
  objects: [entryOf(TYPE.blob, BLOB)],
});

/** A commit whose tree leads out of where it is unpacked. */
const treeThatLeaves = (): Hostility => commitOf(treeOf(['..', '.git', 'a/b']));

const index = (text: string): Hostility => {
  return (_request, response) => response.end(text);
};

/** A Helm repository of one chart. */
function chart(archive: Buffer): Hostility {
  const listed = indexOf([{ name: 'bad', version: '1.0.0', digest: sha256(archive) }]);
  return (request, response) => response.end(request.url === '/index.yaml' ? listed : archive);
}

/** A registry that wants the login to be sent to an address where clouds keep theirs. */
const foreignRealm: Hostility = (_request, response) =>
  void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://169.254.169.254/latest",service="x"' }).end();

/** A layer whose bytes are not those that its manifest names. */
function otherBytes(): Hostility {
  const layer = gzipSync(Buffer.alloc(MIB));
  return registryOf({ digest: digestOf(['another']), size: layer.length }, (response) => response.end(layer));
}

/** To where nobody listens, and where no login may go. */
const redirect: Hostility = (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/index.yaml' }).end();

/** Inputs that cost whoever takes them for sound, each made when it is first served. */
export const INPUTS = {
  'a million references': millionReferences,
  'a tree that leads out of the repository': treeThatLeaves,
  'an index of 200,000 versions': () => index(indexOf(Array.from({ length: 200_000 }, (_, n) => ({ name: 'app', version: `${n}.0.0` })))),
  'an index of 51 MiB': () => index('#'.repeat(51 * MIB)),
  'brackets a hundred thousand deep': () => index(`apiVersion: v1\nentries: ${'['.repeat(DEPTH)}`),
  'a redirect to another port': () => redirect,
  'a chart of a gigabyte': () => chart(gzipSync(Buffer.alloc(1024 * MIB), { level: 1 })),
  'a chart with a file of 6 MiB': () =>
    chart(
      archiveOf([
        { name: 'bad/Chart.yaml', content: chartYaml({ name: 'bad', version: '1.0.0' }) },
        { name: 'bad/large', content: Buffer.alloc(6 * MIB) },
      ]),
    ),
  'a realm of somebody else': () => foreignRealm,
  'a layer of other bytes than it says': otherBytes,
} as const satisfies Readonly<Record<string, () => Hostility>>;
