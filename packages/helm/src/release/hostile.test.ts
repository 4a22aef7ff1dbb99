import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { RELEASES } from '../../test/release-cases.ts';
import { HelmError } from '../helm-error.ts';
import { releaseOfSecret } from './release-secret.ts';
import { decodeRelease, encodeRelease } from './stored-release.ts';

const packed = (text: string): string => gzipSync(text).toString('base64');
const example = Object.values(RELEASES)[0]?.release;
if (example === undefined) throw new Error('there is no release');

test('row 17: a release that unpacks to more than 64 MiB is refused before it is there', () => {
  const zeros = gzipSync(Buffer.alloc(65 * 1024 * 1024), { level: 1 }).toString('base64');
  expect(zeros.length).toBeLessThan(1024 * 1024);
  expect(() => decodeRelease(zeros)).toThrow(expect.objectContaining({ kind: 'too-large' }));
});

test('a release that no Secret would hold is not stored', () => {
  let noise = '';
  for (let at = 0; at < 120_000; at++) noise += (Math.sin(at) * 1e9).toString(36);
  expect(() => encodeRelease({ ...example, manifest: noise })).toThrow(
    expect.objectContaining({ kind: 'too-large', message: expect.stringContaining('1048576') }),
  );
});

test.each([
  ['nothing', ''],
  ['no base64', '{}'],
  ['half a base64', 'e30*'],
  ['no JSON', packed('{')],
  ['no object', packed('[]')],
  ['null', packed('null')],
  ['brackets a hundred thousand deep', packed('['.repeat(100_000))],
  ['a version that is a text', packed('{"version":"x"}')],
  ['a version that is no whole number', packed('{"version":1.5}')],
  ['a chart that is a list', packed('{"chart":[]}')],
  ['hooks that are a text', packed('{"chart":{"metadata":{"name":"a","version":"1.0.0"}},"hooks":"x"}')],
  ['config that is a list', packed('{"chart":{"metadata":{"name":"a","version":"1.0.0"}},"config":[]}')],
  ['a broken archive', Buffer.concat([Buffer.from([0x1f, 0x8b, 0x08, 0]), deflateRawSync('{}')]).toString('base64')],
])('%s is no release, and an error that says so', (_name, stored) => {
  expect(() => decodeRelease(stored)).toThrow(HelmError);
  expect(() => decodeRelease(stored)).toThrow(expect.objectContaining({ kind: 'invalid-release' }));
});

test('a release is read whatever its chart is called: it has to be, to be deleted', () => {
  const read = decodeRelease(
    packed('{"name":"web","chart":{"metadata":{"name":"../a","version":"x","maintainers":[null],"dependencies":[null]}}}'),
  );
  expect(read.chart.metadata).toEqual({ apiVersion: 'v1', name: '../a', version: 'x', maintainers: [], dependencies: [] });
});

test('a Secret without a release is an error', () => {
  expect(() => releaseOfSecret({})).toThrow(new HelmError('invalid-release', 'the Secret holds no release'));
});

test('nulls among hooks and files are nothing, keys of the prototype are keys', () => {
  const read = decodeRelease(
    packed('{"chart":{"metadata":{"name":"a","version":"1.0.0"},"templates":[null]},"hooks":[null],"config":{"__proto__":{"polluted":1}}}'),
  );
  expect([read.hooks, read.chart.templates]).toEqual([[], []]);
  expect(JSON.stringify(read.config)).toBe('{"__proto__":{"polluted":1}}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
