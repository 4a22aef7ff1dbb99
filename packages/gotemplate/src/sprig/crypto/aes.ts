import { createCipheriv, createDecipheriv } from 'node:crypto';
import { fromBytes, toBytes } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import type { SprigSources } from '../function-map.ts';

// AES-256 in CBC mode; the first block is the vector that it begins with. A password is a key as it is: cut off, or filled up with zeros.

const CIPHER = 'aes-256-cbc';
const KEY_BYTES = 32;
const BLOCK = 16;

function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key.set(toBytes(password).subarray(0, KEY_BYTES));
  return key;
}

/** In base64; nothing stays nothing. */
export function encryptAes(password: string, text: string, { randomBytes }: Pick<SprigSources, 'randomBytes'>): string {
  if (text === '') return '';
  const start = randomBytes(BLOCK);
  const cipher = createCipheriv(CIPHER, keyOf(password), start);
  return Buffer.concat([start, cipher.update(toBytes(text)), cipher.final()]).toString('base64');
}

/** What `encryptAes` was given; of another password, as a rule, nonsense. Throws `FunctionError`, in the words that Go has for what cannot have been encrypted. */
export function decryptAes(password: string, encrypted: string): string {
  if (encrypted === '') return '';
  const bytes = decodeBase64(encrypted);
  const capacity = Math.floor(encrypted.length / 4) * 3;
  if (capacity < BLOCK) throw outOfRange(`[:${BLOCK}] with capacity ${capacity}`);
  if (bytes.length < BLOCK) throw outOfRange(`[${BLOCK}:${bytes.length}]`);
  if (bytes.length % BLOCK !== 0) throw new FunctionError('crypto/cipher: input not full blocks');
  if (bytes.length === BLOCK) throw new FunctionError('runtime error: index out of range [-1]');
  const decipher = createDecipheriv(CIPHER, keyOf(password), bytes.subarray(0, BLOCK)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(BLOCK)), decipher.final()]);
  const length = plain.length - (plain.at(-1) ?? 0);
  if (length < 0) throw outOfRange(`[:${length}]`);
  return fromBytes(plain.subarray(0, length));
}

const outOfRange = (what: string): FunctionError => new FunctionError(`runtime error: slice bounds out of range ${what}`);
