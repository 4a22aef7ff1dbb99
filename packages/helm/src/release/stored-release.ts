import { gunzipSync, gzipSync } from 'node:zlib';
import { HelmError } from '../helm-error.ts';
import { readRelease } from './read-release.ts';
import type { Release } from './release.ts';
import { releaseJson } from './release-json.ts';

/** What an API server takes as the data of a Secret. */
const MAX_STORED_BYTES = 1024 * 1024;
/** Several times what a chart that fits, packed, comes to. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/**
 * A release as Helm's storage keeps it: JSON, gzip, base64. Throws `HelmError` of kind `too-large` when no Secret would hold it.
 */
export function encodeRelease(release: Release): string {
  const stored = gzipSync(releaseJson(release), { level: 9 }).toString('base64');
  if (stored.length > MAX_STORED_BYTES) {
    throw new HelmError('too-large', `the release takes ${stored.length} bytes of a Secret, which may have ${MAX_STORED_BYTES}`);
  }
  return stored;
}

/**
 * The inverse, whoever stored it; the first versions of Helm did not compress. Throws `HelmError`: `invalid-release`, or `too-large` for
 * what has more than 64 MiB when it is unpacked.
 */
export function decodeRelease(stored: string): Release {
  if (!/^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(stored)) throw new HelmError('invalid-release', 'the release is not base64');
  const bytes = Buffer.from(stored, 'base64');
  const isPacked = bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
  return readRelease((isPacked ? unpacked(bytes) : bytes).toString('utf8'));
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_JSON_BYTES });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new HelmError('too-large', `the release has more than ${MAX_JSON_BYTES} bytes when it is unpacked`, { cause: error });
    }
    throw new HelmError('invalid-release', `cannot unpack the release: ${error.message}`, { cause: error });
  }
}
