import { isRecord, parseObject } from './manifest.ts';
import type { Claim } from './signature-source.ts';
import { ensure } from './verdict.ts';

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const TYPE = 'cosign container image signature';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The signature of a claim as cosign 1 and 2 stored it: bytes in base64, in an annotation of the layer. Throws {@link Rejection}. */
export function attachedSignature(claim: Claim): Buffer {
  const text = claim.annotations[SIGNATURE]?.trim() ?? '';
  ensure(BASE64.test(text), `the annotation '${SIGNATURE}' holds no signature`);
  return Buffer.from(text, 'base64');
}

/**
 * Throws {@link Rejection} unless the signed payload speaks of this digest. A signature over a payload about something else is genuine, and
 * worth nothing here: who can push to the registry can copy it over (CVE-2022-36056). Upstream sets no claim verifier and does not look.
 */
export function checkPayload(payload: Uint8Array, digest: string): void {
  const { critical } = parseObject(payload, 'the signed payload');
  ensure(isRecord(critical), "the signed payload has no 'critical' part");
  ensure(critical.type === TYPE, "the signed payload is not of the type 'cosign container image signature'");
  const image = critical.image;
  ensure(isRecord(image) && image['docker-manifest-digest'] === digest, 'the signature is about another artifact');
}
