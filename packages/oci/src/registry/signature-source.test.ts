import { expect, test } from 'vitest';
import { descriptor, INDEX_TYPE, indexBytes, manifestBytes } from '../../test/documents.ts';
import { never, rejection, scriptedRegistry, sendManifest } from '../../test/scripted-registry.ts';
import { digestOf } from '../digest.ts';
import { signatureSource } from './signature-source.ts';

const SIGNATURE = manifestBytes();
const BLOB = Buffer.from('signature');
const SUBJECT = digestOf(Buffer.from('subject'));
const LIMITS = () => ({ signal: never(), maxBytes: 1_000 });

test('signatures are asked for in the repository, and nothing is not a failure', async () => {
  await using registry = await scriptedRegistry((request, response) => {
    if (request.url?.endsWith('.sig')) sendManifest(response, SIGNATURE);
    else if (request.url?.includes('/referrers/'))
      response.writeHead(200, { 'content-type': INDEX_TYPE }).end(indexBytes([descriptor(SIGNATURE)]));
    else if (request.url?.includes('/blobs/')) response.end(BLOB);
    else response.writeHead(404).end();
  });
  using remote = registry.open();
  const source = signatureSource(remote);

  expect(await source.manifest(`${SUBJECT.replace(':', '-')}.sig`, LIMITS())).toEqual(SIGNATURE);
  expect(await source.manifest(SUBJECT, LIMITS())).toBeUndefined();
  expect(await source.referrers(SUBJECT, LIMITS())).toMatchObject([{ digest: digestOf(SIGNATURE) }]);
  expect(await source.blob(descriptor(BLOB), LIMITS())).toEqual(BLOB);
});

test('a registry that fails, or sends too much, is one that says nothing about signatures', async () => {
  await using registry = await scriptedRegistry((request, response) => {
    if (request.url?.endsWith('large')) sendManifest(response, SIGNATURE);
    else response.writeHead(500).end();
  });
  using remote = registry.open();
  const source = signatureSource(remote);

  expect(await rejection(source.manifest('failing', LIMITS()))).toMatchObject({ kind: 'unreachable' });
  expect(await rejection(source.manifest('large', { signal: never(), maxBytes: 10 }))).toMatchObject({ kind: 'too-large' });
  expect(await rejection(source.referrers(SUBJECT, LIMITS()))).toMatchObject({ kind: 'unreachable' });
});
