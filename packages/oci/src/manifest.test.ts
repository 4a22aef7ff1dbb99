import { describe, expect, test } from 'vitest';
import { descriptor, INDEX_TYPE, indexBytes, MANIFEST_TYPE, manifestBytes, type Parts } from '../test/documents.ts';
import { layerOf, metadataOf, platformOf } from './layer.ts';
import { type ImageIndex, type ImageManifest, parseManifest } from './manifest.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const BLOB = descriptor(Buffer.from('blob'));

function manifest(parts: Parts = {}): ImageManifest {
  const parsed = parseManifest(manifestBytes(parts), MANIFEST_TYPE);
  if (parsed.kind !== 'manifest') throw new Error('an index');
  return parsed;
}

function index(manifests: readonly unknown[]): ImageIndex {
  const parsed = parseManifest(indexBytes(manifests), INDEX_TYPE);
  if (parsed.kind !== 'index') throw new Error('a manifest');
  return parsed;
}

describe('a manifest', () => {
  test.each([
    [MANIFEST_TYPE, MANIFEST_TYPE],
    [DOCKER, DOCKER],
    [undefined, MANIFEST_TYPE],
    [undefined, ''],
    [MANIFEST_TYPE, 'application/octet-stream'],
  ])('of type %s, served as %j, is one', (mediaType, served) => {
    expect(parseManifest(manifestBytes({ mediaType }), served)).toMatchObject({ kind: 'manifest', layers: [] });
  });

  test.each([
    [INDEX_TYPE, INDEX_TYPE],
    [DOCKER_LIST, DOCKER_LIST],
    [undefined, ''],
  ])('of type %s, served as %j, is an index', (mediaType, served) => {
    expect(parseManifest(indexBytes([BLOB], { mediaType }), served)).toMatchObject({ kind: 'index', manifests: [{ digest: BLOB.digest }] });
  });

  test.each([
    ['says that it is an index and is an image', manifestBytes({ mediaType: INDEX_TYPE }), ''],
    ['says that it is an image and is an index', indexBytes([], { mediaType: MANIFEST_TYPE }), ''],
    ['is an image and served as an index', manifestBytes({ mediaType: undefined }), INDEX_TYPE],
    ['is an index and served as an image', indexBytes([], { mediaType: undefined }), MANIFEST_TYPE],
    ['says another type than the registry', manifestBytes({ mediaType: DOCKER }), MANIFEST_TYPE],
    ['is both', manifestBytes({ manifests: [BLOB] }), MANIFEST_TYPE],
    ['is both, and says index', indexBytes([BLOB], { layers: [BLOB] }), INDEX_TYPE],
    ['has a type that is no text', manifestBytes({ mediaType: [MANIFEST_TYPE] }), MANIFEST_TYPE],
  ])('that %s is refused (row 31)', (_what, bytes, served) => {
    expect(() => parseManifest(bytes, served)).toThrow(expect.objectContaining({ kind: 'hostile' }));
  });

  test.each([
    ['Docker’s first schema', Buffer.from('{"schemaVersion":1,"fsLayers":[]}')],
    ['another type', manifestBytes({ mediaType: 'application/vnd.oci.artifact.manifest.v1+json' })],
    ['no JSON', Buffer.from('<html>')],
    ['no object', Buffer.from('[]')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nothing of either', Buffer.from('{}')],
    ['too deep', Buffer.from(`{"config":${'['.repeat(100_000)}`)],
    ['a list of layers that is none', manifestBytes({ layers: {} })],
    ['annotations that are no text', manifestBytes({ annotations: { a: 1 } })],
  ])('that is %s is none', (_what, bytes) => {
    expect(() => parseManifest(bytes, '')).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });

  test.each([
    ['a digest that is a path', { digest: 'sha256:../../x' }],
    ['a digest in upper case', { digest: BLOB.digest.toUpperCase() }],
    ['no digest', { digest: undefined }],
    ['a negative size', { size: -1 }],
    ['a size with a fraction', { size: 0.5 }],
    ['a size beyond counting', { size: 2 ** 60 }],
    ['a size in words', { size: '4' }],
  ])('whose layer has %s is refused (row 31, F19)', (_what, parts) => {
    expect(() => manifest({ layers: [{ ...BLOB, ...parts }] })).toThrow(expect.objectContaining({ kind: 'hostile' }));
  });

  test('keeps hostile names as plain data', () => {
    const bytes = Buffer.from(manifestBytes().toString().replace('"layers"', '"annotations":{"__proto__":"x","constructor":"y"},"layers"'));
    expect(Object.entries(parseManifest(bytes, '').annotations)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(({} as Parts).x).toBeUndefined();
  });
});

describe('the layer', () => {
  const [tar, chart, other] = ['tar', 'chart', 'other'].map((name) => descriptor(Buffer.from(name), { mediaType: `application/${name}` }));

  test('is the first, or the first of the type that is asked for', () => {
    const artifact = manifest({ layers: [tar, chart, { ...other, mediaType: 'application/chart' }] });
    expect(layerOf(artifact)).toMatchObject({ digest: tar?.digest });
    expect(layerOf(artifact, { mediaType: '' })).toMatchObject({ digest: tar?.digest });
    expect(layerOf(artifact, { mediaType: 'application/chart' })).toMatchObject({ digest: chart?.digest });
  });

  test('may be missing', () => {
    expect(() => layerOf(manifest())).toThrow(expect.objectContaining({ kind: 'no-layer', message: 'no layers found in artifact' }));
    expect(() => layerOf(manifest({ layers: [tar] }), { mediaType: 'application/other' })).toThrow(
      "failed to find layer with media type 'application/other' in artifact",
    );
  });
});

describe('of an index', () => {
  const [arm, intel, none] = ['arm', 'intel', 'none'].map((name) => Buffer.from(name));
  const [onArm, onIntel] = [{ platform: { os: 'linux', architecture: 'arm64' } }, { platform: { os: 'linux', architecture: 'amd64' } }];

  test('the manifest for linux/amd64 is taken, or the first for no platform', () => {
    const manifests = [descriptor(arm ?? Buffer.alloc(0), onArm), descriptor(intel ?? Buffer.alloc(0), onIntel)];
    const without = descriptor(none ?? Buffer.alloc(0));
    expect(platformOf(index([...manifests, without]))).toMatchObject({ digest: manifests[1]?.digest });
    expect(platformOf(index([without, ...manifests]))).toMatchObject({ digest: without.digest });
    expect(() => platformOf(index(manifests.slice(0, 1)))).toThrow('no manifest for linux/amd64 in the index');
  });
});

describe('metadata', () => {
  test('are the annotations', () => {
    expect(metadataOf(manifest({ annotations: { 'org.opencontainers.image.revision': 'main@sha1:abc' } }))).toEqual({
      'org.opencontainers.image.revision': 'main@sha1:abc',
    });
    expect(metadataOf(manifest())).toEqual({});
  });

  test('that no status can hold are refused', () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, count) => [`key-${count}`, '']));
    for (const annotations of [many, { large: 'x'.repeat(256 * 1024) }])
      expect(() => metadataOf(manifest({ annotations }))).toThrow(expect.objectContaining({ kind: 'too-large' }));
  });
});
