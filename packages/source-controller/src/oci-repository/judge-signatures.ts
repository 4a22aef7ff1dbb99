import { type Evidence, judgeEvidence, type Trust, type Verdict } from '@gotk/oci/verification';

/** Plain data: it crosses into a worker thread. */
export interface JudgeSignatures {
  readonly evidence: Evidence;
  readonly trust: Trust;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Never throws. */
export const judgeSignatures = ({ evidence, trust, nowMs }: JudgeSignatures): Verdict => judgeEvidence(evidence, trust, nowMs);
