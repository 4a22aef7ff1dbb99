import { createHash } from 'node:crypto';
import { toBytes } from '../../value/bytes.ts';
import type { GoFunction } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';

const digest = (compute: (bytes: Uint8Array) => string): GoFunction =>
  fixed([text], STRING, ([given], { spend }) => {
    spend(given.length / 32);
    return compute(toBytes(given));
  });

const hash = (algorithm: 'sha1' | 'sha256' | 'sha512'): GoFunction => digest((bytes) => createHash(algorithm).update(bytes).digest('hex'));

/** RFC 1950: the sum of bytes, and the sum of those sums. */
function adler32(bytes: Uint8Array): string {
  let [sum, sums] = [1, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 65_521;
    sums = (sums + sum) % 65_521;
  }
  return String(sums * 65_536 + sum);
}

export const DIGESTS: FunctionMap = new Map([
  ['sha1sum', hash('sha1')],
  ['sha256sum', hash('sha256')],
  ['sha512sum', hash('sha512')],
  ['adler32sum', digest(adler32)],
]);
