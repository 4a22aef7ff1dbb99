import { describe, expect, test } from 'vitest';
import { descriptor, INDEX_TYPE, indexBytes, MANIFEST_TYPE, manifestBytes } from '../../test/documents.ts';
import { never, rejection, scriptedRegistry, sendManifest } from '../../test/scripted-registry.ts';
import { digestOf, parseDigest } from '../index.ts';

const MANIFEST = manifestBytes();
const OTHER = manifestBytes({ annotations: { other: 'yes' } });
const DIGEST = digestOf(MANIFEST);

describe('the digest of a tag', () => {
  test('is what the registry states to a HEAD', async () => {
    await using registry = await scriptedRegistry((_request, response) => sendManifest(response, MANIFEST));
    using remote = registry.open();

    expect(await remote.digestOf('v1', never())).toBe(DIGEST);

    expect(registry.requests.map(({ line }) => line)).toEqual(['HEAD /v2/team/app/manifests/v1']);
    expect(registry.requests[0]?.headers.accept).toContain(`${MANIFEST_TYPE}, ${INDEX_TYPE}, application/vnd.docker`);
  });

  test('is that of its manifest where a HEAD is answered without one, or not at all', async () => {
    for (const status of [200, 405]) {
      await using registry = await scriptedRegistry((request, response) => {
        if (request.method === 'HEAD') response.writeHead(status).end();
        else response.writeHead(200, { 'content-type': MANIFEST_TYPE }).end(MANIFEST);
      });
      using remote = registry.open();
      expect(await remote.digestOf('v1', never())).toBe(DIGEST);
    }
  });

  test.each(['sha256:../../etc', `SHA256:${'0'.repeat(64)}`, 'md5:d41d8cd98f00b204e9800998ecf8427e', 'x'])(
    'is not %s (row 31, F19)',
    async (stated) => {
      await using registry = await scriptedRegistry((_request, response) =>
        sendManifest(response, MANIFEST, { 'docker-content-digest': stated }),
      );
      using remote = registry.open();
      expect(await rejection(remote.digestOf('v1', never()))).toMatchObject({ kind: 'hostile' });
    },
  );

  test('that is unknown is told with the registry’s words', async () => {
    await using registry = await scriptedRegistry((_request, response) =>
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'),
    );
    using remote = registry.open();
    expect(await rejection(remote.digestOf('v1', never()))).toMatchObject({
      kind: 'not-found',
      message: `GET ${registry.url}/v2/team/app/manifests/v1: MANIFEST_UNKNOWN: manifest unknown`,
    });
  });
});

describe('a manifest', () => {
  test('has the digest that was asked for, whatever the registry states', async () => {
    await using registry = await scriptedRegistry((_request, response) => sendManifest(response, OTHER));
    using remote = registry.open();
    expect(await rejection(remote.manifest(DIGEST, never()))).toMatchObject({
      kind: 'digest-mismatch',
      message: expect.stringContaining(DIGEST),
    });
  });

  test('has the digest that the registry states', async () => {
    await using registry = await scriptedRegistry((_request, response) =>
      sendManifest(response, MANIFEST, { 'docker-content-digest': digestOf(OTHER) }),
    );
    using remote = registry.open();
    for (const reference of ['v1', DIGEST])
      expect(await rejection(remote.manifest(reference, never()))).toMatchObject({ kind: 'digest-mismatch' });
  });

  test('may be asked for by SHA-512', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.writeHead(200).end(MANIFEST));
    using remote = registry.open();
    const digest = digestOf(MANIFEST, parseDigest(`sha512:${'0'.repeat(128)}`));
    expect(await remote.manifest(digest, never())).toEqual({ digest, mediaType: '', bytes: MANIFEST });
  });

  test('of more than four mebibytes is not read (row 15)', async () => {
    await using registry = await scriptedRegistry((_request, response) => {
      response.writeHead(200, { 'content-type': MANIFEST_TYPE });
      const more = () => {
        while (response.write(Buffer.alloc(64 * 1024, ' ')));
        response.once('drain', more);
      };
      more();
    });
    using remote = registry.open();
    expect(await rejection(remote.manifest('v1', never()))).toMatchObject({ kind: 'too-large' });
  });

  test.each(['../x', 'a/b', 'v1?x', '', 'sha256:00'])('is not asked for as %j', async (reference) => {
    await using registry = await scriptedRegistry((_request, response) => response.end());
    using remote = registry.open();
    expect(await rejection(remote.manifest(reference, never()))).toMatchObject({ kind: 'invalid' });
    expect(registry.requests).toEqual([]);
  });

  test('that does not come is waited for as long as the caller wants', async () => {
    await using registry = await scriptedRegistry(() => undefined);
    using remote = registry.open();
    const [controller, reason] = [new AbortController(), new Error('deadline')];
    const asked = rejection(remote.manifest('v1', controller.signal));
    controller.abort(reason);
    expect(await asked).toBe(reason);
  });
});

describe('an image', () => {
  const [index, nested] = [indexBytes([descriptor(MANIFEST)]), indexBytes([descriptor(indexBytes([]))])];
  const serving = (...documents: readonly Buffer[]) =>
    scriptedRegistry((request, response) => {
      const found = documents.find((bytes) => request.url?.endsWith(digestOf(bytes)));
      if (found === undefined) response.writeHead(404).end();
      else sendManifest(response, found, { 'content-type': String(JSON.parse(found.toString()).mediaType) });
    });

  test('is the manifest itself, or the one that its index names', async () => {
    await using registry = await serving(MANIFEST, index);
    using remote = registry.open();
    const image = await remote.image(DIGEST, never());
    expect(image).toMatchObject({ kind: 'manifest' });
    expect(await remote.image(digestOf(index), never())).toEqual(image);
  });

  test('is not looked for in an index of an index', async () => {
    await using registry = await serving(nested, indexBytes([]));
    using remote = registry.open();
    expect(await rejection(remote.image(digestOf(nested), never()))).toMatchObject({ kind: 'hostile' });
  });

  test('has the size that its index says', async () => {
    const wrong = indexBytes([descriptor(MANIFEST, { size: 1 })]);
    await using registry = await serving(MANIFEST, wrong);
    using remote = registry.open();
    expect(await rejection(remote.image(digestOf(wrong), never()))).toMatchObject({ kind: 'digest-mismatch' });
  });
});
