import { createHmac, scryptSync } from 'node:crypto';
import { toBytes } from '../../value/bytes.ts';

// Passwords that need not be kept, as they come from a master password, a user and a site each time: the algorithm of Master Password, as Sprig has it.

const SCOPE = 'com.lyndir.masterpassword';
const SCRYPT = { N: 32_768, r: 8, p: 2, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 64;

/** What passwords of a kind look like, by letters for kinds of characters. */
const SHAPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    [
      ...['CvcvnoCvcvCvcv', 'CvcvCvcvnoCvcv', 'CvcvCvcvCvcvno', 'CvccnoCvcvCvcv', 'CvccCvcvnoCvcv', 'CvccCvcvCvcvno', 'CvcvnoCvccCvcv'],
      ...['CvcvCvccnoCvcv', 'CvcvCvccCvcvno', 'CvcvnoCvcvCvcc', 'CvcvCvcvnoCvcc', 'CvcvCvcvCvccno', 'CvccnoCvccCvcv', 'CvccCvccnoCvcv'],
      ...['CvccCvccCvcvno', 'CvcvnoCvccCvcc', 'CvcvCvccnoCvcc', 'CvcvCvccCvccno', 'CvccnoCvcvCvcc', 'CvccCvcvnoCvcc', 'CvccCvcvCvccno'],
    ],
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
]);

const LARGE = 'AEIOUBCDFGHJKLMNPQRSTVWXYZ';
const LETTERS = 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
const DIGITS = '0123456789';

const CHARACTERS: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  A: LARGE,
  a: LETTERS,
  n: DIGITS,
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${LETTERS}${DIGITS}!@#$%^&*()`,
};

/** The shapes of a kind of password; undefined for none. */
export const passwordShapes = (kind: string): readonly string[] | undefined => SHAPES.get(kind);

export interface Site {
  /** 32 bits. */
  readonly counter: bigint;
  readonly password: string;
  readonly user: string;
  readonly site: string;
}

/** The password of a site, in one of the shapes. */
export function sitePassword(shapes: readonly string[], { counter, password, user, site }: Site): string {
  const key = scryptSync(toBytes(password), Buffer.concat([toBytes(SCOPE), withLength(user)]), KEY_BYTES, SCRYPT);
  const seed = createHmac('sha256', key).update(SCOPE).update(withLength(site)).update(number(counter)).digest();
  const shape = shapes[at(seed, 0) % shapes.length] ?? '';
  return Array.from(shape, (kind, index) => {
    const characters = CHARACTERS[kind] ?? '';
    return characters[at(seed, index + 1) % characters.length] ?? '';
  }).join('');
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

function withLength(text: string): Uint8Array {
  const bytes = toBytes(text);
  return Buffer.concat([number(BigInt(bytes.length)), bytes]);
}

function number(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)));
  return bytes;
}
