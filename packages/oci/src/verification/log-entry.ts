import { createPublicKey } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { pem } from '@sigstore/core';
import { isRecord, parseObject } from './manifest.ts';
import { ensure } from './verdict.ts';

/** A way from an object to values deep in it; `*` goes to every element of a list. */
type Path = readonly string[];

/** Where the kinds of Rekor's entries keep whose signature was logged: PEM in base64 in version 1 of Rekor, DER in base64 in version 2. */
const PEM_PATHS: readonly Path[] = [
  ['spec', 'signature', 'publicKey', 'content'],
  ['spec', 'signatures', '*', 'verifier'],
  ['spec', 'content', 'envelope', 'signatures', '*', 'publicKey'],
];
const DER_PATHS: readonly Path[] = [
  ['spec', 'hashedRekordV002', 'signature', 'verifier', 'x509Certificate', 'rawBytes'],
  ['spec', 'dsseV002', 'signatures', '*', 'verifier', 'x509Certificate', 'rawBytes'],
  ['spec', 'hashedRekordV002', 'signature', 'verifier', 'publicKey', 'rawBytes'],
  ['spec', 'dsseV002', 'signatures', '*', 'verifier', 'publicKey', 'rawBytes'],
];

/**
 * Throws {@link Rejection} unless the log entry says that this certificate's key made the signature. The library compares signature and
 * digest, not whose they are (CVE-2022-36056, CVE-2026-22703: an entry that is not about this signature proves neither its time nor that it
 * was ever published).
 */
export function checkLoggedSigner(
  entry: TransparencyLogEntry,
  certificate: { readonly der: Uint8Array; readonly publicKeyDer: Uint8Array },
): void {
  const body = parseObject(entry.canonicalizedBody, 'the transparency log entry');
  const logged = [
    ...PEM_PATHS.flatMap((path) => valuesAt(body, path)).flatMap(derOfPem),
    ...DER_PATHS.flatMap((path) => valuesAt(body, path)).map((value) => Buffer.from(value, 'base64')),
  ];
  ensure(logged.length > 0, 'the transparency log entry does not say whose signature was logged');
  const same = logged.every((der) => der.equals(certificate.der) || der.equals(certificate.publicKeyDer));
  ensure(same, "the transparency log entry is about another signer's certificate");
}

function valuesAt(value: unknown, [step, ...rest]: Path): readonly string[] {
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  if (step === '*') return Array.isArray(value) ? value.flatMap((element) => valuesAt(element, rest)) : [];
  return isRecord(value) ? valuesAt(value[step], rest) : [];
}

function derOfPem(base64: string): readonly Buffer[] {
  const once = Buffer.from(base64, 'base64').toString();
  // Entries of the kind intoto encode twice.
  const text = once.startsWith('-----') ? once : Buffer.from(once, 'base64').toString();
  if (text.includes('BEGIN CERTIFICATE')) return [pem.toDER(text)];
  return [createPublicKey(text).export({ type: 'spki', format: 'der' })];
}
