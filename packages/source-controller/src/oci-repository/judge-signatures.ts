import type { Evidence, Trust, Verdict } from '@gotk/oci/verification';

/** Plain data: it crosses into a worker thread. */
export interface JudgeSignatures {
  readonly evidence: Evidence;
  readonly trust: Trust;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Never throws. What judges is loaded when it is needed: most threads never do, and it takes as long as a small task. */
export async function judgeSignatures({ evidence, trust, nowMs }: JudgeSignatures): Promise<Verdict> {
  const { judgeEvidence } = await import('@gotk/oci/verification');
  return judgeEvidence(evidence, trust, nowMs);
}
