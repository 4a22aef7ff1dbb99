import { fromBytes, toBytes } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { GoFunction } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';
import { byteCharacters } from '../text/byte-characters.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { decodeBase64 } from './base64.ts';

const encoder = (encode: (bytes: Uint8Array) => string): GoFunction =>
  fixed([text], STRING, ([given], { make, spend }) => {
    make(given.length * 2);
    spend(given.length / 32);
    return encode(toBytes(given));
  });

/** What cannot be decoded gives the text of the error. */
const decoder = (decode: (characters: string) => Uint8Array): GoFunction =>
  fixed([text], STRING, ([given], { make, spend }) => {
    make(given.length);
    spend(given.length / 16);
    try {
      return fromBytes(decode(byteCharacters(given)));
    } catch (thrown) {
      if (thrown instanceof FunctionError) return thrown.message;
      throw thrown;
    }
  });

export const ENCODINGS: FunctionMap = new Map([
  ['b64enc', encoder((bytes) => Buffer.from(bytes).toString('base64'))],
  ['b64dec', decoder(decodeBase64)],
  ['b32enc', encoder(encodeBase32)],
  ['b32dec', decoder(decodeBase32)],
]);
