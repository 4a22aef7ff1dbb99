import { expect, test } from 'vitest';
import { addressOf, regionOf } from './address.ts';

test.each([
  ['minio.example.dev', 'app', 'https://minio.example.dev/app/'],
  ['127.0.0.1:9000', 'app', 'https://127.0.0.1:9000/app/'],
  ['s3.amazonaws.com', 'app', 'https://app.s3.amazonaws.com/'],
  ['s3.eu-central-1.amazonaws.com', 'app', 'https://app.s3.eu-central-1.amazonaws.com/'],
  ['s3.cn-north-1.amazonaws.com.cn', 'app', 'https://app.s3.cn-north-1.amazonaws.com.cn/'],
  ['s3.amazonaws.com', 'app.example.dev', 'https://s3.amazonaws.com/app.example.dev/'],
  ['amazonaws.com.evil.dev', 'app', 'https://amazonaws.com.evil.dev/app/'],
] as const)('on %s, bucket %s is at %s', (endpoint, bucket, expected) => {
  expect(addressOf({ endpoint, bucket, insecure: false }).href).toBe(expected);
});

test.each(['https://minio.example.dev', 'minio.example.dev/path', 'user:secret@minio.example.dev', 'a b', '', 'host?x', 'host#x'])(
  '%j is not the host of a store',
  (endpoint) => {
    expect(() => addressOf({ endpoint, bucket: 'app', insecure: true })).toThrow(/is not the host of a store/);
  },
);

test.each(['', 'a', '../x', 'a/b', '-x', 'a?b', 'x'.repeat(300)])('%j cannot be the name of a bucket', (bucket) => {
  expect(() => addressOf({ endpoint: 'minio.example.dev', bucket, insecure: true })).toThrow(/cannot be the name of a bucket/);
});

test.each([
  ['minio.example.dev', undefined, 'us-east-1'],
  ['minio.example.dev', 'here', 'here'],
  ['s3.eu-central-1.amazonaws.com', undefined, 'eu-central-1'],
  ['s3-us-west-2.amazonaws.com', undefined, 'us-west-2'],
  ['s3.us-gov-west-1.amazonaws.com', undefined, 'us-gov-west-1'],
  ['s3.amazonaws.com', undefined, 'us-east-1'],
] as const)('requests to %s in region %s are signed for %s', (endpoint, region, expected) => {
  expect(regionOf(endpoint, region)).toBe(expected);
});
