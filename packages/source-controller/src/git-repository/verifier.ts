import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GitRepository } from '@gotk/api';
import { type Condition, latest } from '@gotk/apimachinery';
import { type Remote, type Revision, renderRevision } from '@gotk/git';
import { type KeyFile, needsVerification, type SourceVerification, type VerificationMode } from '@gotk/git/signatures';
import { type ConditionUpdate, Failed, type ReconcileContext, type Secret, Stalled } from '@gotk/runtime';
import { readSecret } from '../source/secrets.ts';
import type { SourceRun } from '../source/source-run.ts';
import { connectTo, fetchOver } from './fetch-commit.ts';
import type { GitDeps } from './git-deps.ts';
import { LIMITS } from './limits.ts';
import { type GitStage, troubleWith } from './stages.ts';
import { findTag, tagBehind } from './tag-behind.ts';
import type { VerifyCommit } from './verify-commit.ts';

/** What the status says of signatures, once everything else went well too. */
export interface Verified {
  readonly conditions: readonly ConditionUpdate[];
  readonly fields: { readonly sourceVerificationMode: string | undefined };
}

export interface VerificationRequest {
  readonly remote: Remote;
  readonly revision: Revision;
  readonly run: SourceRun<GitStage>;
  readonly ctx: ReconcileContext;
}

export interface Verifier {
  /**
   * Resolves when the revision is signed as `spec.verify` asks for, before anything of it is stored. What was verified once is not verified again as long as revision, keys and
   * mode are the same; a controller that was started anew does not know, and verifies each once. Throws `Failed` or `Stalled` with `SourceVerified` False otherwise.
   */
  verified(repository: GitRepository, request: VerificationRequest): Promise<Verified>;
}

const CONDITION = 'SourceVerified';
/** Objects whose verification is remembered. */
const REMEMBERED = 10_000;
const DEADLINE_MS = 30_000;

export function createVerifier(deps: GitDeps): Verifier {
  /** By the object's uid: what exactly was verified. */
  const known = latest<string, string>(REMEMBERED);

  const verdictOn = async (
    repository: GitRepository,
    keys: readonly KeyFile[],
    request: VerificationRequest,
  ): Promise<SourceVerification> => {
    const { remote, revision, run, ctx } = request;
    const { signal, owner } = run;
    const { commit } = revision;
    const mode = modeOf(repository);
    const name = mode === 'HEAD' ? undefined : tagBehind(repository.spec.ref ?? {}, revision);
    await using scratch = await run.within('store', () => deps.storage.scratch());
    const packFile = join(scratch.directory, 'signed');
    const tag = await run.within('fetch', async () => {
      await using connection = connectTo(remote, { deps, clock: ctx.clock, signal });
      const found = name === undefined ? undefined : await findTag(connection, { name, commit }, signal);
      // The files are for later, from a server that can leave them out: for what is not signed they need not be fetched at all.
      const wanted = {
        oid: found?.object ?? commit,
        file: packFile,
        maxBytes: LIMITS.packBytes,
        filter: 'tree:0',
        branch: branchOf(repository),
      };
      await fetchOver(connection, wanted, signal);
      return found;
    });
    const task = { packFile, commit, tag, mode, keys, nowMs: ctx.clock.now() };
    const of = `${owner.namespace}/${owner.name}`;
    const work = deps.workers.run<VerifyCommit, SourceVerification>('verify commit', task, { signal, deadlineMs: DEADLINE_MS, of });
    // A pack that is none says nothing about signatures.
    return await work.catch((error) => run.within(troubleWith(error) === 'fetch' ? 'fetch' : 'verify', () => Promise.reject(error)));
  };

  return {
    async verified(repository, request) {
      const { spec, status, metadata } = repository;
      if (spec.verify === undefined)
        return { conditions: [{ type: CONDITION, absent: true }], fields: { sourceVerificationMode: undefined } };
      const { run, ctx, revision } = request;
      const { secretRef } = spec.verify;
      const reader = { manager: deps.manager, namespace: run.owner.namespace, signal: run.signal };
      const keys = keysIn(await run.within('keys', () => readSecret(secretRef, reader)));

      const subject = subjectOf(revision, keys);
      const before = status?.conditions?.find(({ type, status: value }) => type === CONDITION && value === 'True');
      const observed = modeNamed(status?.sourceVerificationMode);
      if (before !== undefined && known.get(metadata.uid ?? '') === subject && !needsVerification(observed, modeOf(repository)))
        return { conditions: [again(before)], fields: { sourceVerificationMode: status?.sourceVerificationMode } };

      const verdict = await verdictOn(repository, keys, request);
      const { reason, message } = verdict;
      if (verdict.kind === 'refused') {
        const refusal = { reason, message, conditions: [{ type: CONDITION, status: 'False', reason, message }] } as const;
        throw verdict.stalled ? new Stalled(refusal) : new Failed(refusal);
      }
      known.set(metadata.uid ?? '', subject);
      if (before?.message !== message) ctx.event({ severity: 'trace', reason, message });
      return { conditions: [{ type: CONDITION, status: 'True', reason, message }], fields: { sourceVerificationMode: verdict.mode } };
    },
  };
}

const MODES = ['HEAD', 'head', 'Tag', 'TagAndHEAD'] as const;
const modeNamed = (text: string | undefined): VerificationMode | undefined => MODES.find((mode) => mode === text);
const modeOf = ({ spec }: GitRepository): VerificationMode => spec.verify?.mode ?? 'HEAD';

/** Of a pinned commit: some servers send nothing but what their branches lead to. */
export const branchOf = ({ spec: { ref } }: GitRepository): string | undefined => (ref?.commit ? ref.branch : undefined);

/** It is true of the generation at hand as well. */
const again = ({ type, status, reason, message }: Condition): ConditionUpdate => ({ type, status, reason, message });

const keysIn = (secret: Secret | undefined): readonly KeyFile[] =>
  Object.entries(secret?.data ?? {})
    .map(([name, text]) => ({ name, text: Buffer.from(text, 'base64').toString('utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const subjectOf = (revision: Revision, keys: readonly KeyFile[]): string =>
  createHash('sha256')
    .update(JSON.stringify([renderRevision(revision), keys]))
    .digest('base64');
