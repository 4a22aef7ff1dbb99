import { type Digest, type RegistryOptions, renderRepository } from '@gotk/oci';
import { type ConditionUpdate, Failed, presentable, Stalled } from '@gotk/runtime';
import { verdictOn, verifierOf } from '../oci-repository/verify.ts';
import { type Finding, ownerOf, readerOf } from './finding.ts';
import { digestOf } from './pull-chart.ts';
import { staged } from './stages.ts';

/** What was found out about a chart's signature. */
export interface Verified {
  /** What was looked at, and is to be pulled; undefined when nobody asked for it. */
  readonly digest: Digest | undefined;
  readonly conditions: readonly ConditionUpdate[];
}

const REMOVED: ConditionUpdate = { type: 'SourceVerified', absent: true };

/** Looks at the signatures of a version, in every run as upstream does: its tag may have come to stand for something else. Fails the run for a chart that the object must not use. */
export async function verifiedAs(version: string, registry: RegistryOptions, finding: Finding): Promise<Verified> {
  const { chart, deps, ctx, run } = finding;
  const { verify } = chart.spec;
  if (verify === undefined) return { digest: undefined, conditions: [REMOVED] };
  const shown = `oci://${renderRepository(registry.repository)}:${version}`;
  const digest = await staged(run, 'pull', () => digestOf(registry, version, run.signal));
  const context = { registry, reader: readerOf(finding), workers: deps.workers, clock: ctx.clock, of: ownerOf(finding) };
  const attempt = `failed to verify the signature using provider '${verifierOf(verify)}'`;
  const verdict = await run
    .within('verify', () => verdictOn(digest, verify, context))
    .catch((error: unknown) => {
      throw error instanceof Failed ? unverified(error.message, { cause: error, forGood: false }) : error;
    });
  switch (verdict.kind) {
    case 'verified': {
      ctx.log.info('signature verified', { version, by: verdict.by, warnings: verdict.warnings });
      const message = `verified signature of version ${version}`;
      return { digest, conditions: [{ type: 'SourceVerified', status: 'True', reason: 'Succeeded', message }] };
    }
    case 'ignored':
      ctx.log.info('signature not verified', { version, why: verdict.message });
      return { digest, conditions: [REMOVED] };
    case 'unverified':
    case 'unsupported':
      throw unverified(`chart verification error: ${attempt}: failed to verify ${shown}: ${verdict.message}`, {
        forGood: verdict.kind === 'unsupported',
      });
  }
}

/** Said by two conditions: that there is no chart, and why. */
function unverified(text: string, { cause, forGood }: { readonly cause?: unknown; readonly forGood: boolean }): Failed | Stalled {
  const reason = 'ChartVerificationError';
  const message = presentable(text);
  const conditions: readonly ConditionUpdate[] = [
    { type: 'BuildFailed', status: 'True', reason, message },
    { type: 'SourceVerified', status: 'False', reason: 'VerificationError', message },
  ];
  return forGood ? new Stalled({ reason, message, cause, conditions }) : new Failed({ reason, message, cause, conditions });
}
