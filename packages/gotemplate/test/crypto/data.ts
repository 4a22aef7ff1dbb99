import { fromPlain, type GoValue } from '../../src/index.ts';
import { CRYPTO_DATA } from './cases.ts';

/** `CRYPTO_DATA` and keys, as templates see them. */
export function cryptoData(keys: Readonly<Record<string, string>>): GoValue {
  const encoded = Object.fromEntries(Object.entries(keys).map(([name, text]) => [name, Buffer.from(text).toString('base64')]));
  return fromPlain({ ...CRYPTO_DATA, keys, encoded });
}
