import { type CosignIdentities, type CosignKeys, verifyCosign } from './cosign.ts';
import { type FindOptions, findSignatures } from './find-signatures.ts';
import { type NotationTrust, verifyNotation } from './notation.ts';
import type { Evidence, Subject } from './signature-source.ts';
import type { Verdict } from './verdict.ts';

/** Whom the owner of an object trusts: `spec.verify`, with its Secrets read. Plain data. */
export type Trust = CosignKeys | CosignIdentities | NotationTrust;

/**
 * Judges what was found, at a time. Pure, synchronous, over strangers' bytes: meant for a worker thread with a deadline. Never throws.
 */
export function judgeEvidence(evidence: Evidence, trust: Trust, nowMs: number): Verdict {
  return trust.provider === 'notation' ? verifyNotation(evidence, trust, nowMs) : verifyCosign(evidence, trust);
}

export interface VerifyOptions extends FindOptions {
  readonly nowMs: number;
  /** Where the judging happens: here by default, a worker thread in a controller. */
  readonly judge?: (evidence: Evidence, trust: Trust, nowMs: number) => Verdict | Promise<Verdict>;
}

/**
 * Verifies that the subject is signed by somebody the owner trusts. The verdict is about `subject.digest` and nothing else: pull by that
 * digest.
 *
 * Throws only what the source throws: a registry that fails is no verdict.
 */
export async function verifyArtifact(subject: Subject, trust: Trust, options: VerifyOptions): Promise<Verdict> {
  const { nowMs, judge = judgeEvidence } = options;
  const evidence = await findSignatures(subject, trust.provider, options);
  return await judge(evidence, trust, nowMs);
}
