import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { armor, Encrypter, identityToRecipient } from 'age-encryption';
import { plainDecimal } from '../src/go-number.ts';
import { ageIdentities } from '../src/keys/age.ts';
import { keyFile } from './fixtures.ts';

/** What a test encrypts: plain JSON, with every value encrypted as sops would. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

export const DATA_KEY = randomBytes(32);
const MODIFIED = '2026-01-02T03:04:05Z';

/** A value in its encrypted form, for a place. */
export function seal(text: string | Uint8Array, type: string, place: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', DATA_KEY, iv);
  cipher.setAAD(Buffer.from(place));
  const data = Buffer.concat([cipher.update(text), cipher.final()]);
  const [shown, nonce, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `ENC[AES256_GCM,data:${shown},iv:${nonce},tag:${tag},type:${type}]`;
}

/** The data key for the age identity of the fixtures. */
export async function wrapped(dataKey: Uint8Array, file = 'one.agekey'): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(ageIdentities(keyFile(file))[0] ?? ''));
  return armor.encode(await encrypter.encrypt(dataKey));
}

/** A JSON file of sops, whose metadata may be changed before it is closed. */
export async function encrypted(plain: { readonly [key: string]: Plain }, metadata: object = {}): Promise<Buffer> {
  const hash = createHash('sha512');
  const walk = (value: Plain, path: readonly string[]): unknown => {
    if (value === null) return null;
    if (Array.isArray(value)) return value.map((item: Plain) => walk(item, path));
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])]));
    const [type, text] = formOf(value as string | number | boolean);
    hash.update(text);
    return text === '' ? '' : seal(text, type, `${path.join(':')}:`);
  };
  const tree = walk(plain, []) as object;
  const mac = seal(hash.digest('hex').toUpperCase(), 'str', MODIFIED);
  const sops = {
    age: [{ recipient: 'age1test', enc: await wrapped(DATA_KEY) }],
    lastmodified: MODIFIED,
    mac,
    version: '3.13.3',
    ...metadata,
  };
  return Buffer.from(JSON.stringify({ ...tree, sops }));
}

function formOf(value: string | number | boolean): readonly [string, string] {
  if (typeof value === 'boolean') return ['bool', value ? 'True' : 'False'];
  if (typeof value === 'string') return ['str', value];
  return Number.isSafeInteger(value) ? ['int', String(value)] : ['float', plainDecimal(value)];
}
