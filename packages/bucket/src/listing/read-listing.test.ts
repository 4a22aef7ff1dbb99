import { describe, expect, test } from 'vitest';
import { type ListingFormat, pageOf, readListing } from './read-listing.ts';

const read = (format: ListingFormat, text: string) => readListing({ format, bytes: Buffer.from(text) });
const s3 = (count: number) =>
  `<ListBucketResult>${'<Contents><Key>a</Key><ETag>"1"</ETag><Size>1</Size></Contents>'.repeat(count)}</ListBucketResult>`;

describe('a page', () => {
  test('is plain data, which a thread can hand over', () => {
    const page = { objects: [{ key: 'a', etag: '1', size: 1 }], next: undefined };
    const answers = [
      read('s3', s3(1)),
      read(
        'azure',
        '<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Content-Length>1</Content-Length></Properties></Blob></Blobs></EnumerationResults>',
      ),
      read('gcs', '{"items":[{"name":"a","etag":"1","size":"1","generation":"7"}],"nextPageToken":"n"}'),
    ];
    expect(structuredClone(answers)).toEqual([
      { ok: true, page },
      { ok: true, page: { ...page, objects: [{ key: 'a', etag: '', size: 1 }] } },
      { ok: true, page: { objects: [{ key: 'a', etag: '1', size: 1, generation: '7' }], next: 'n' } },
    ]);
  });

  test('of more objects than any store sends at once is refused', () => {
    expect(read('s3', s3(10_000))).toMatchObject({ ok: true });
    expect(read('s3', s3(10_001))).toEqual({ ok: false, kind: 'too-large', message: 'the store lists more than 10000 objects in a page' });
  });

  test('that cannot be read is an answer too, and an error for whoever asked', () => {
    const answer = structuredClone(read('gcs', 'no JSON'));
    expect(answer).toEqual({ ok: false, kind: 'protocol', message: 'the store sent something that is no JSON' });
    expect(() => pageOf(answer)).toThrow(expect.objectContaining({ name: 'BucketError', kind: 'protocol' }));
  });
});

test('row 25 (CVE-2026-89011): keys like those of a prototype are keys, and no element or field of that name gets anywhere', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString'];
  const listed = (format: ListingFormat, text: string) => pageOf(read(format, text)).objects.map(({ key }) => key);
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`);
  expect(listed('s3', `<ListBucketResult>${contents.join('')}</ListBucketResult>`)).toEqual(keys);
  const blob = (key: string) => `<Blob><Name>${key}</Name><Properties><Content-Length>1</Content-Length></Properties></Blob>`;
  expect(listed('azure', `<EnumerationResults><Blobs>${keys.map(blob).join('')}</Blobs></EnumerationResults>`)).toEqual(keys);
  const item = (key: string) => `{"__proto__":{"polluted":1},"name":"${key}","etag":"1","size":"1","generation":"7"}`;
  expect(listed('gcs', `{"__proto__":{"items":[],"polluted":1},"items":[${keys.map(item).join(',')}]}`)).toEqual(keys);
  for (const evil of [
    '<__proto__><polluted>1</polluted></__proto__>',
    '<constructor><prototype><polluted>1</polluted></prototype></constructor>',
  ])
    for (const format of ['s3', 'azure'] as const)
      read(format, `${evil}<ListBucketResult>${evil}<Contents>${evil}</Contents></ListBucketResult>`);
  expect('polluted' in {}).toBe(false);
});
