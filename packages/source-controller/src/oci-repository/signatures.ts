import type { OCIRepository } from '@gotk/api';
import type { Digest, RegistryOptions } from '@gotk/oci';
import type { ConditionUpdate, ReconcileContext } from '@gotk/runtime';
import type { SourceDeps } from '../source/deps.ts';
import type { SourceRun } from '../source/source-run.ts';
import { failedIn } from './part-failed.ts';
import type { OciStage } from './stages.ts';
import { verdictOn } from './verify.ts';

export interface SignatureContext {
  readonly deps: SourceDeps;
  readonly ctx: ReconcileContext;
  readonly run: SourceRun<OciStage>;
  readonly registry: RegistryOptions;
  readonly digest: Digest;
  readonly revision: string;
}

/** What the status shall say about the signatures of a revision, which are looked at if that is due. Fails the run for an artifact that the object must not use. */
export async function signatureConditions(
  repository: OCIRepository,
  { deps, ctx, run, registry, digest, revision }: SignatureContext,
): Promise<readonly ConditionUpdate[]> {
  const { verify } = repository.spec;
  if (verify === undefined) return [{ type: 'SourceVerified', absent: true }];
  if (!isVerificationDue(repository, revision)) return [];
  const { namespace, name } = run.owner;
  const reader = { manager: deps.manager, namespace, signal: run.signal };
  const verdict = await run.within('verify', () =>
    verdictOn(digest, verify, { registry, reader, workers: deps.workers, clock: ctx.clock, of: `${namespace}/${name}` }),
  );
  switch (verdict.kind) {
    case 'verified':
      ctx.log.info('signature verified', { revision, by: verdict.by, warnings: verdict.warnings });
      return [{ type: 'SourceVerified', status: 'True', reason: 'Succeeded', message: `verified signature of revision ${revision}` }];
    case 'ignored':
      ctx.log.info('signature not verified', { revision, why: verdict.message });
      return [{ type: 'SourceVerified', absent: true }];
    case 'unverified':
    case 'unsupported':
      return await failedIn(run, 'verify', { cause: verdict.message, forGood: verdict.kind === 'unsupported' });
  }
}

/**
 * Whether signatures have to be looked at: for a revision that is not the artifact's, once for each generation of the spec, and again after a failure. What an
 * artifact was verified as does not change with time; who changes keys and wants it verified anew changes the spec (upstream's rules).
 */
export function isVerificationDue({ metadata, status }: Pick<OCIRepository, 'metadata' | 'status'>, revision: string): boolean {
  const verified = status?.conditions?.find(({ type }) => type === 'SourceVerified');
  return status?.artifact?.revision !== revision || verified?.status !== 'True' || verified.observedGeneration !== metadata.generation;
}
