import { isRecord, parseObject } from './manifest.ts';
import { checkChainLength, checkSignature, Header, readAttributes, type SignedEnvelope } from './notation-envelope.ts';
import { ensure } from './verdict.ts';

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Reads and checks a JWS envelope (notaryproject/specifications, signature-envelope-jws.md). Throws {@link Rejection}. */
export function openJws(bytes: Uint8Array): SignedEnvelope {
  const { payload, protected: encoded, header, signature } = parseObject(bytes, 'the JWS envelope');
  ensure(isBase64url(payload) && isBase64url(encoded) && isBase64url(signature), 'the JWS envelope is not made of base64url');
  ensure(isRecord(header) && Array.isArray(header.x5c), 'the JWS envelope has no certificates');
  checkChainLength(header.x5c);
  const chain = header.x5c.map((certificate: unknown) => {
    ensure(typeof certificate === 'string' && BASE64.test(certificate), 'a certificate of the JWS envelope is not base64');
    return Buffer.from(certificate, 'base64');
  });
  const headers = parseObject(Buffer.from(encoded, 'base64url'), 'the protected header');
  const [leaf = Buffer.alloc(0)] = chain;
  checkSignature(leaf, Buffer.from(`${encoded}.${payload}`), { algorithm: headers.alg, signature: Buffer.from(signature, 'base64url') });

  const { cty: contentType, crit: critical } = headers;
  ensure(typeof contentType === 'string', 'the protected header has no content type');
  ensure(Array.isArray(critical), 'the protected header has no critical headers');
  const attributes = readAttributes({ get: (name) => headers[name], time: (name) => timeOf(headers[name], name), critical });
  // The specification says so of both formats; the real notation checks it of this one.
  const foreign = attributes.scheme === 'notary.x509' ? Header.authenticSigningTime : Header.signingTime;
  ensure(headers[foreign] === undefined, 'the signature has a time that does not belong to its signing scheme');
  return { payload: Buffer.from(payload, 'base64url'), contentType, chain, ...attributes };
}

function isBase64url(value: unknown): value is string {
  return typeof value === 'string' && BASE64URL.test(value);
}

function timeOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  ensure(typeof value === 'string' && RFC3339.test(value), `'${name}' is no time`);
  const ms = Date.parse(value);
  ensure(Number.isFinite(ms), `'${name}' is no time`);
  return ms;
}
