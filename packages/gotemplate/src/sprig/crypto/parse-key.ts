import { createPrivateKey, type KeyObject } from 'node:crypto';
import { FunctionError } from '../../value/function.ts';
import { TAG } from './der.ts';
import { type DerElement, elementsOfDer, firstElement } from './der-reader.ts';
import { objectIdentifierText } from './object-identifier.ts';
import { firstPem } from './pem.ts';
import { prefixed } from './prefixed-error.ts';
import type { PrivateKey } from './private-key.ts';

/**
 * The private key in a PEM block of PKCS #8, or of PKCS #1, SEC 1 or OpenSSL's form for DSA. Throws `FunctionError`, in Go's words where the form of the key is not that
 * of its block.
 */
export function parseKeyPem(pem: string): PrivateKey {
  const block = firstPem(pem);
  if (block === undefined) throw new FunctionError('no PEM data in input');
  const { type, bytes } = block;
  switch (type) {
    case 'PRIVATE KEY':
      return prefixed('decoding PEM as PKCS#8', () => parsePkcs8(bytes));
    case 'RSA PRIVATE KEY':
      return prefixed('parsing RSA private key from PEM', () => parseRsa(bytes));
    case 'EC PRIVATE KEY':
      return prefixed('parsing EC private key from PEM', () => parseEc(bytes));
    case 'DSA PRIVATE KEY':
      return prefixed('parsing DSA private key from PEM', () => parseDsa(bytes));
    default:
      if (type.endsWith(' PRIVATE KEY')) throw new FunctionError(`invalid private key type ${type}`);
      throw new FunctionError(`no private key data in PEM block of type ${type}`);
  }
}

type Form = 'pkcs1' | 'sec1' | 'pkcs8';

const PARSER: Readonly<Record<Form, string>> = { pkcs1: 'ParsePKCS1PrivateKey', sec1: 'ParseECPrivateKey', pkcs8: 'ParsePKCS8PrivateKey' };

/** The elements of a key, which has to be of a form: what comes behind its version tells. */
function elementsOfKey(bytes: Uint8Array, form: Form): readonly DerElement[] {
  const { tag, content } = firstElement(bytes);
  const elements = tag === TAG.sequence ? elementsOfDer(content) : [];
  const is = formOf(elements);
  if (is === undefined) throw new FunctionError(`x509: failed to parse private key: it is not one of ${PARSER[form]}`);
  if (is !== form) throw new FunctionError(`x509: failed to parse private key (use ${PARSER[is]} instead for this key format)`);
  return elements;
}

function formOf([version, second]: readonly DerElement[]): Form | undefined {
  if (version?.tag !== TAG.integer) return undefined;
  if (second?.tag === TAG.integer) return 'pkcs1';
  if (second?.tag === TAG.octetString) return 'sec1';
  return second?.tag === TAG.sequence ? 'pkcs8' : undefined;
}

function keyIn(bytes: Uint8Array, form: Form): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: form });
  } catch {
    // OpenSSL says no more than that.
    throw new FunctionError('x509: failed to parse private key: its numbers are no key');
  }
}

function parseRsa(bytes: Uint8Array): PrivateKey {
  elementsOfKey(bytes, 'pkcs1');
  return { kind: 'rsa', key: keyIn(bytes, 'pkcs1') };
}

/** What Go knows of curves, by the names that OpenSSL gives them. */
const CURVES: ReadonlySet<string | undefined> = new Set(['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1']);

function parseEc(bytes: Uint8Array): PrivateKey {
  elementsOfKey(bytes, 'sec1');
  return onCurve(keyIn(bytes, 'sec1'));
}

function onCurve(key: KeyObject): PrivateKey {
  if (!CURVES.has(key.asymmetricKeyDetails?.namedCurve)) throw new FunctionError('x509: unknown elliptic curve');
  return { kind: 'ec', key };
}

function parseDsa(bytes: Uint8Array): PrivateKey {
  const { tag, content } = firstElement(bytes);
  const numbers = tag === TAG.sequence ? elementsOfDer(content).slice(0, 6) : [];
  if (numbers.length < 6 || numbers.some((each) => each.tag !== TAG.integer))
    throw new FunctionError('asn1: structure error: six numbers expected');
  return { kind: 'dsa' };
}

function parsePkcs8(bytes: Uint8Array): PrivateKey {
  const [, algorithm, inner] = elementsOfKey(bytes, 'pkcs8');
  const [identifier] = elementsOfDer(algorithm?.content ?? new Uint8Array());
  const name = objectIdentifierText(identifier?.content ?? new Uint8Array());
  switch (name) {
    case '1.2.840.113549.1.1.1':
      return prefixed('x509: failed to parse RSA private key embedded in PKCS#8', () => parseRsa(inner?.content ?? new Uint8Array()));
    case '1.2.840.10045.2.1':
      return prefixed('x509: failed to parse EC private key embedded in PKCS#8', () => onCurve(keyIn(bytes, 'pkcs8')));
    case '1.3.101.112':
      return { kind: 'ed25519', key: keyIn(bytes, 'pkcs8') };
    case '1.3.101.110':
      return { kind: 'x25519', key: keyIn(bytes, 'pkcs8') };
    default:
      throw new FunctionError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${name}`);
  }
}
