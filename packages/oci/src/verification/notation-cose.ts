import { decode, encode } from 'cborg';
import { type Algorithm, checkChainLength, checkSignature, readAttributes, type SignedEnvelope } from './notation-envelope.ts';
import { ensure, Rejection } from './verdict.ts';

/** Labels of RFC 9052 and RFC 9360. */
const Label = { algorithm: 1, critical: 2, contentType: 3, chain: 33 } as const;
const COSE_SIGN1 = 18;
const EPOCH_TIME = 1;
/** RFC 9053 and RFC 8230. */
const ALGORITHMS: ReadonlyMap<unknown, Algorithm> = new Map([
  [-7, 'ES256'],
  [-35, 'ES384'],
  [-36, 'ES512'],
  [-37, 'PS256'],
  [-38, 'PS384'],
  [-39, 'PS512'],
]);

/** Times must be tagged as such; a class keeps them apart from plain numbers. */
class EpochTime {
  readonly seconds: unknown;
  constructor(seconds: unknown) {
    this.seconds = seconds;
  }
}

class SignOne {
  readonly parts: unknown;
  constructor(parts: unknown) {
    this.parts = parts;
  }
}

/** Reads and checks a COSE_Sign1 envelope (notaryproject/specifications, signature-envelope-cose.md). Throws {@link Rejection}. */
export function openCose(bytes: Uint8Array): SignedEnvelope {
  const envelope = read(bytes, 'the COSE envelope');
  ensure(envelope instanceof SignOne && Array.isArray(envelope.parts) && envelope.parts.length === 4, 'the COSE envelope is no COSE_Sign1');
  const [encoded, unprotected, payload, signature]: readonly unknown[] = envelope.parts;
  ensure(
    encoded instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array,
    'the COSE envelope is not made of byte strings',
  );
  ensure(unprotected instanceof Map, 'the COSE envelope has no headers');
  const certificates: unknown = unprotected.get(Label.chain);
  ensure(Array.isArray(certificates), 'the COSE envelope has no certificates');
  checkChainLength(certificates);
  const chain = certificates.map((certificate: unknown) => {
    ensure(certificate instanceof Uint8Array, 'a certificate of the COSE envelope is no byte string');
    return certificate;
  });

  const headers = read(encoded, 'the protected header');
  ensure(headers instanceof Map, 'the protected header is no map');
  const signed = encode(['Signature1', encoded, new Uint8Array(), payload]);
  const algorithm = ALGORITHMS.get(headers.get(Label.algorithm));
  const [leaf = new Uint8Array()] = chain;
  checkSignature(leaf, signed, { algorithm, signature });

  const contentType: unknown = headers.get(Label.contentType);
  const critical: unknown = headers.get(Label.critical);
  ensure(typeof contentType === 'string', 'the protected header has no content type');
  ensure(Array.isArray(critical), 'the protected header has no critical headers');
  const attributes = readAttributes({ get: (name) => headers.get(name), time: (name) => timeOf(headers.get(name), name), critical });
  return { payload, contentType, chain, ...attributes };
}

function read(bytes: Uint8Array, what: string): unknown {
  try {
    return decode(bytes, {
      useMaps: true,
      strict: true,
      rejectDuplicateMapKeys: true,
      tags: { [COSE_SIGN1]: (content) => new SignOne(content()), [EPOCH_TIME]: (content) => new EpochTime(content()) },
    });
  } catch {
    throw new Rejection(`${what} is no CBOR`);
  }
}

function timeOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  ensure(value instanceof EpochTime && typeof value.seconds === 'number' && Number.isFinite(value.seconds), `'${name}' is no time`);
  return value.seconds * 1000;
}
