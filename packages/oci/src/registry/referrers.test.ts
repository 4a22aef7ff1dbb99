import { describe, expect, test } from 'vitest';
import { descriptor, INDEX_TYPE, indexBytes, manifestBytes } from '../../test/documents.ts';
import { never, rejection, scriptedRegistry, sendManifest } from '../../test/scripted-registry.ts';
import { digestOf, hexOf } from '../index.ts';

const SUBJECT = digestOf(Buffer.from('subject'));
const SIGNATURE = descriptor(manifestBytes(), { artifactType: 'application/vnd.cncf.notary.signature' });
const API = `/v2/team/app/referrers/${SUBJECT}`;
const TAG = `/v2/team/app/manifests/sha256-${hexOf(SUBJECT)}`;

describe('what is attached to a manifest', () => {
  test('is what the registry lists, page by page', async () => {
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url === API) response.setHeader('link', `<${API}?page=2>; rel="next"`);
      response.setHeader('content-type', INDEX_TYPE);
      response.end(indexBytes([SIGNATURE]));
    });
    using remote = registry.open();
    expect(await remote.referrers(SUBJECT, never())).toMatchObject([SIGNATURE, SIGNATURE]);
  });

  test.each([404, 400, 405])('is what a tag lists where the registry lists nothing (status %d)', async (status) => {
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url === TAG) sendManifest(response, indexBytes([SIGNATURE]), { 'content-type': INDEX_TYPE });
      else response.writeHead(status).end('404 page not found');
    });
    using remote = registry.open();
    expect(await remote.referrers(SUBJECT, never())).toMatchObject([SIGNATURE]);
    expect(registry.requests.map(({ line }) => line)).toEqual([`GET ${API}`, `GET ${TAG}`]);
  });

  test('may be nothing', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.writeHead(404).end());
    using remote = registry.open();
    expect(await remote.referrers(SUBJECT, never())).toEqual([]);
  });

  test('is not taken for nothing when the registry fails', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.writeHead(503).end());
    using remote = registry.open();
    expect(await rejection(remote.referrers(SUBJECT, never()))).toMatchObject({ kind: 'unreachable' });
  });

  test('is limited (row 15)', async () => {
    await using registry = await scriptedRegistry((_request, response) =>
      response.end(indexBytes(Array.from({ length: 1_001 }, () => SIGNATURE))),
    );
    using remote = registry.open();
    expect(await rejection(remote.referrers(SUBJECT, never()))).toMatchObject({ kind: 'too-large' });
  });
});
