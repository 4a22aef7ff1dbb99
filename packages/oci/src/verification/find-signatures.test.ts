import { describe, expect, test } from 'vitest';
import { digestOf } from '../digest.ts';
import type { Descriptor } from '../manifest.ts';
import { findSignatures } from './index.ts';
import type { SignatureSource } from './signature-source.ts';

const { signal } = new AbortController();
const digest = `sha256:${'ab'.repeat(32)}`;
const subject = { name: `registry.example/team/app@${digest}`, digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 7 };
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';

/** A repository in memory, with a diary of what was asked. */
function repository() {
  const manifests = new Map<string, Uint8Array>();
  const blobs = new Map<string, Uint8Array>();
  const listed: Descriptor[] = [];
  const asked: string[] = [];
  const source: SignatureSource = {
    manifest: async (reference) => {
      asked.push(`manifest ${reference}`);
      return manifests.get(reference);
    },
    referrers: async () => listed,
    blob: async ({ digest: of }, { maxBytes }) => {
      asked.push(`blob ${of} of at most ${maxBytes}`);
      const bytes = blobs.get(of);
      if (bytes === undefined) throw new Error('blob unknown');
      return bytes;
    },
  };
  const layer = (content: string, mediaType: string): Descriptor => {
    const bytes = Buffer.from(content);
    blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length, annotations: {} };
  };
  const manifest = (value: unknown) => {
    const bytes = Buffer.from(JSON.stringify(value));
    manifests.set(digestOf(bytes), bytes);
    return { digest: digestOf(bytes), bytes };
  };
  const refer = (artifactType: string | undefined, value: unknown): string => {
    const { digest: of, bytes } = manifest(value);
    const type = artifactType === undefined ? {} : { artifactType };
    listed.push({ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: of, size: bytes.length, annotations: {}, ...type });
    return of;
  };
  return { source, manifests, blobs, listed, asked, layer, manifest, refer, tag: `${digest.replace(':', '-')}.sig` };
}

describe('the signatures of an artifact', () => {
  test('are bundles among the referrers, also where the registry does not tell their type, and the layers of the .sig tag', async () => {
    const { source, refer, layer, manifest, manifests, tag } = repository();
    refer(BUNDLE, { artifactType: BUNDLE, layers: [layer('typed', BUNDLE)] });
    refer(undefined, { layers: [layer('untyped', BUNDLE)] });
    refer('application/vnd.oci.empty.v1+json', { layers: [layer('emptily typed', BUNDLE)] });
    refer('application/spdx+json', { layers: [layer('a list of parts', 'application/spdx+json')] });
    refer(undefined, { layers: [layer('something', 'text/plain')] });
    manifests.set(tag, manifest({ layers: [layer('one', SIMPLE), layer('two', SIMPLE), layer('other', 'text/plain')] }).bytes);

    const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });

    expect(claims.map(({ bytes, format }) => [format, Buffer.from(bytes).toString()])).toEqual([
      ['sigstore-bundle', 'typed'],
      ['sigstore-bundle', 'untyped'],
      ['sigstore-bundle', 'emptily typed'],
      ['simple-signing', 'one'],
      ['simple-signing', 'two'],
    ]);
    expect(passedOver).toEqual([]);
  });

  test('of notation are referrers by artifact type or, as before OCI 1.1, by config', async () => {
    const { source, refer, layer } = repository();
    refer(NOTATION, { artifactType: NOTATION, layers: [layer('new', 'application/jose+json')] });
    refer(NOTATION, { config: { mediaType: NOTATION }, layers: [layer('old', 'application/cose')] });
    refer(NOTATION, { artifactType: 'text/plain', layers: [layer('liar', 'application/cose')] });
    refer(BUNDLE, { artifactType: BUNDLE, layers: [layer('bundle', BUNDLE)] });

    const { claims } = await findSignatures(subject, 'notation', { source, signal });

    expect(claims.map(({ bytes, mediaType }) => [mediaType, Buffer.from(bytes).toString()])).toEqual([
      ['application/jose+json', 'new'],
      ['application/cose', 'old'],
    ]);
  });

  test('do not exist, and that is no error', async () => {
    expect(await findSignatures(subject, 'cosign', { source: repository().source, signal })).toEqual({
      subject,
      claims: [],
      passedOver: [],
    });
  });

  test('are not taken from a registry that serves other bytes than were asked for', async () => {
    const { source, refer, layer, manifests, blobs } = repository();
    const changed = layer('a signature', BUNDLE);
    blobs.set(changed.digest, Buffer.from('another one'));
    refer(BUNDLE, { artifactType: BUNDLE, layers: [changed] });
    const lying = refer(BUNDLE, { artifactType: BUNDLE, layers: [layer('good', BUNDLE)] });
    manifests.set(lying, Buffer.from(JSON.stringify({ artifactType: BUNDLE, layers: [layer('swapped', BUNDLE)] })));

    const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });

    expect(claims).toEqual([]);
    expect(passedOver).toEqual([
      `the registry's answer does not hash to ${changed.digest}`,
      `the registry's answer does not hash to ${lying}`,
    ]);
  });

  test('are passed over if their manifest is malformed', async () => {
    const bad = [
      'no json',
      '[]',
      '{}',
      '{"layers":[1]}',
      '{"layers":[{"mediaType":"x","digest":"sha256:../../etc/passwd","size":1}]}',
      `{"layers":[{"mediaType":"x","digest":"SHA256:${'A'.repeat(64)}","size":1}]}`,
      `{"layers":[{"mediaType":"x","digest":"md5:${'a'.repeat(32)}","size":1}]}`,
      `{"layers":[{"mediaType":"x","digest":"${digest}","size":-1}]}`,
    ];
    for (const text of bad) {
      const { source, manifests, tag } = repository();
      manifests.set(tag, Buffer.from(text));
      const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });
      expect(claims).toEqual([]);
      expect(passedOver).toEqual([expect.stringMatching(/^(?:the signature manifest|a layer of the signature manifest) (?:is|has) no/)]);
    }
  });

  test('that are too large are not read', async () => {
    const { source, refer, layer, asked } = repository();
    refer(BUNDLE, { artifactType: BUNDLE, layers: [{ ...layer('large', BUNDLE), size: 8 * 1024 * 1024 + 1 }] });
    const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });
    expect(claims).toEqual([]);
    expect(passedOver).toEqual([expect.stringContaining('too large')]);
    expect(asked.filter((question) => question.startsWith('blob'))).toEqual([]);
  });

  test('that are too large together are read until they are', async () => {
    const { source, layer, manifest, manifests, tag, asked } = repository();
    const layers = Array.from({ length: 5 }, (_, index) => layer(String(index).repeat(7 * 1024 * 1024), SIMPLE));
    manifests.set(tag, manifest({ layers }).bytes);
    const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });
    expect(claims).toHaveLength(4);
    expect(passedOver).toEqual([expect.stringContaining('too large')]);
    expect(asked.filter((question) => question.startsWith('blob'))).toHaveLength(4);
  });

  test('that are too many are not all read', async () => {
    const { source, layer, manifest, manifests, tag, asked } = repository();
    const layers = Array.from({ length: 101 }, (_, index) => layer(String(index), SIMPLE));
    manifests.set(tag, manifest({ layers }).bytes);
    const { claims, passedOver } = await findSignatures(subject, 'cosign', { source, signal });
    expect(claims).toHaveLength(100);
    expect(passedOver).toEqual(['only 100 of 101 signatures were looked at']);
    expect(asked.filter((question) => question.startsWith('blob'))).toHaveLength(100);
  });

  test('are asked for with their size as the limit', async () => {
    const { source, refer, layer, asked } = repository();
    const small = layer('small', BUNDLE);
    refer(BUNDLE, { artifactType: BUNDLE, layers: [small] });
    await findSignatures(subject, 'cosign', { source, signal });
    expect(asked).toContain(`blob ${small.digest} of at most 5`);
  });

  test('cannot be told from a registry that fails: that is thrown', async () => {
    const { source } = repository();
    const failing: SignatureSource = { ...source, referrers: async () => Promise.reject(new Error('connection reset')) };
    await expect(findSignatures(subject, 'cosign', { source: failing, signal })).rejects.toThrow('connection reset');
  });
});
