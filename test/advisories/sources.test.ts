import { registryLoginFrom } from '@gotk/auth';
import { resolveReference } from '@gotk/git';
import { describe, expect, test } from 'vitest';
import { readListing } from '../../packages/bucket/src/listing/read-listing.ts';
import { FLUSH, renderPacket } from '../../packages/git/src/protocol/pkt-line.ts';
import { scriptedServer } from '../../packages/git/test/git-server.ts';
import { parseIndex } from '../../packages/helm/src/repository/index-file.ts';
import { readValues } from '../../packages/helm/src/values/read-values.ts';
import { parseManifest } from '../../packages/oci/src/manifest.ts';
import { parseToken } from '../../packages/oci/src/registry/token.ts';
import { costOf } from './cost.ts';

const DEPTH = 100_000;
const MIB = 1024 * 1024;

describe('A6: what is nested without end is a typed error in everything that sources parse', () => {
  const listing = (format: 's3' | 'azure' | 'gcs') => (text: string) => {
    const answer = readListing({ format, bytes: Buffer.from(text) });
    if (!answer.ok) throw Object.assign(new Error(answer.message), { name: 'BucketError' });
  };
  const parsers: Readonly<Record<string, (text: string) => unknown>> = {
    'an index of charts': (text) => parseIndex(Buffer.from(`apiVersion: v1\nentries: {a: ${text}}\n`), { maxBytes: 50 * MIB }),
    'values of a chart': (text) => readValues(Buffer.from(text), 'values.yaml'),
    'a manifest': (text) => parseManifest(Buffer.from(text), 'application/vnd.oci.image.manifest.v1+json'),
    'a token': (text) => parseToken(text),
    'a listing of Google': listing('gcs'),
    'a listing of S3': (text) => listing('s3')(text.replaceAll(/[[{]/g, '<a>')),
    'a listing of Azure': (text) => listing('azure')(text.replaceAll(/[[{]/g, '<a>')),
    'a login to registries': (text) =>
      registryLoginFrom(
        {
          secret: {
            metadata: { name: 'login' },
            type: 'kubernetes.io/dockerconfigjson',
            data: { '.dockerconfigjson': Buffer.from(`{"auths":${text}}`).toString('base64') },
          },
        },
        'registry.example.dev/app',
      ),
  };

  test.each(Object.entries(parsers))('%s', async (_, parse) => {
    for (const text of ['['.repeat(DEPTH), '{"a":'.repeat(DEPTH), `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`]) {
      const { error, cpuMs } = await costOf(() => parse(text));
      expect((error as Error | undefined)?.name).toMatch(/^(HelmError|OciError|BucketError|InvalidLogin|SyntaxError)$/);
      expect(cpuMs).toBeLessThan(2_000);
    }
  });
});

describe('A16: the branch that is wanted is found among references that are none, go in circles, or are a million', () => {
  const OID = 'b'.repeat(40);
  const wanted = renderPacket(`${OID} refs/heads/main`);
  const found = async (chunks: () => Iterable<string>) => {
    await using it = await scriptedServer({
      command: async (response) => {
        for (const chunk of chunks()) if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
        response.end(FLUSH);
      },
    });
    return await resolveReference(it.remote, { branch: 'main' }, AbortSignal.timeout(60_000));
  };
  const main = { name: 'main', commit: OID };

  test('names that are none, and some that only look dangerous', async () => {
    const names = ['refs/heads/__proto__/corsProxy', 'refs/heads/../x', 'refs/heads/a.lock', 'refs/heads/constructor', 'refs/../../x'];
    expect(await found(() => [...names.map((name) => renderPacket(`${'a'.repeat(40)} ${name}`)), wanted])).toMatchObject(main);
    expect('corsProxy' in {}).toBe(false);
  });

  test('a circle of symbolic references', async () => {
    const circle = [`${OID} refs/heads/a symref-target:refs/heads/b`, `${OID} refs/heads/b symref-target:refs/heads/a`];
    expect(await found(() => [...circle.map(renderPacket), wanted])).toMatchObject(main);
  });

  test('a million, of which the server was asked for none', { timeout: 90_000 }, async () => {
    const before = process.memoryUsage().rss;
    let largest = before;
    const million = function* () {
      for (let at = 0; at < 1_000_000; at += 1_000) {
        largest = Math.max(largest, process.memoryUsage().rss);
        yield Array.from({ length: 1_000 }, (_, n) => renderPacket(`${'a'.repeat(40)} refs/heads/b${at + n}`)).join('');
      }
      yield wanted;
    };
    expect(await found(million)).toMatchObject(main);
    expect((largest - before) / MIB).toBeLessThan(192);
  });
});
