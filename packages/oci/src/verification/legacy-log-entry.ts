import type { TransparencyLogEntry } from '@sigstore/bundle';
import { isRecord, parseObject } from './manifest.ts';
import type { Claim } from './signature-source.ts';
import { ensure } from './verdict.ts';

const BUNDLE = 'dev.sigstore.cosign/bundle';
const encoder = new TextEncoder();

/**
 * The transparency log entry cosign 1 and 2 put into an annotation, with the log's promise to include it. Throws {@link Rejection}: without
 * the annotation upstream asks Rekor over the network; here nothing is asked that the registry does not bring along.
 */
export function attachedLogEntry(claim: Claim): TransparencyLogEntry {
  const annotation = claim.annotations[BUNDLE];
  ensure(annotation !== undefined, `the signature carries no '${BUNDLE}': it was never proven to be in a transparency log`);
  const { SignedEntryTimestamp: promise, Payload: payload } = parseObject(encoder.encode(annotation), `the annotation '${BUNDLE}'`);
  ensure(typeof promise === 'string' && isRecord(payload), `the annotation '${BUNDLE}' holds no signed log entry`);
  const { body, integratedTime, logIndex, logID } = payload;
  ensure(typeof body === 'string' && typeof logID === 'string', `the annotation '${BUNDLE}' holds no log entry`);
  ensure(isCount(integratedTime) && isCount(logIndex), `the annotation '${BUNDLE}' holds a log entry without time or index`);

  const canonicalizedBody = Buffer.from(body, 'base64');
  const { kind, apiVersion } = parseObject(canonicalizedBody, 'the transparency log entry');
  ensure(typeof kind === 'string' && typeof apiVersion === 'string', 'the transparency log entry does not say what it is');
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(promise, 'base64') },
    inclusionProof: undefined,
    canonicalizedBody,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
