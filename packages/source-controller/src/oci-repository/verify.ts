import type { OCIRepository } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import { InvalidLogin } from '@gotk/auth';
import { connect, type Digest, type RegistryOptions, renderRepository, signatureSource } from '@gotk/oci';
import type { SecretFiles, Trust, Verdict } from '@gotk/oci/verification';
import type { Secret, WorkerPool } from '@gotk/runtime';
import { readSecret, type SecretReader } from '../source/secrets.ts';
import type { JudgeSignatures } from './judge-signatures.ts';
import { LIMITS } from './limits.ts';

/** Loaded when it is needed: most controllers verify nothing. */
const signatures = () => import('@gotk/oci/verification');

export type Verification = NonNullable<OCIRepository['spec']['verify']>;

export interface VerifyContext {
  readonly registry: RegistryOptions;
  readonly reader: SecretReader;
  readonly workers: WorkerPool;
  readonly clock: Clock;
  /** On whose behalf, as `namespace/name`. */
  readonly of: string;
}

/** Who verifies, in messages. */
export const verifierOf = ({ provider = 'cosign', secretRef }: Partial<Verification> = {}): string =>
  provider === 'cosign' && secretRef === undefined ? 'cosign keyless' : provider;

/**
 * Whether somebody whom the object trusts has signed an artifact. What strangers wrote is judged in a worker thread. Throws `InvalidLogin` for a Secret that is missing or lacks
 * something, and what the registry did.
 */
export async function verdictOn(digest: Digest, verification: Verification, context: VerifyContext): Promise<Verdict> {
  const { registry, reader, workers, clock, of } = context;
  const { signal } = reader;
  const trust = await trustOf(verification, reader);
  if (trust === undefined)
    return { kind: 'unsupported', message: 'spec.verify.secretRef has to name a Secret with a trust policy and certificates' };
  const { verifyArtifact } = await signatures();
  using remote = connect(registry);
  const { bytes, mediaType } = await remote.manifest(digest, signal);
  const subject = { name: `${renderRepository(remote.name)}@${digest}`, digest, mediaType, size: bytes.length };
  return await verifyArtifact(subject, trust, {
    source: signatureSource(remote),
    signal,
    nowMs: clock.now(),
    judge(evidence, by, nowMs) {
      // Signatures may be larger altogether than what a thread is sent as a copy: they are moved, and for that each is in memory of its own.
      const claims = evidence.claims.map((claim) => ({ ...claim, bytes: new Uint8Array(claim.bytes) }));
      const task = { evidence: { ...evidence, claims }, trust: by, nowMs };
      const transfer = claims.map((claim) => claim.bytes.buffer);
      return workers.run<JudgeSignatures, Verdict>('judge signatures', task, { signal, deadlineMs: LIMITS.judgeMs, of, transfer });
    },
  });
}

async function trustOf(
  { provider, secretRef, matchOIDCIdentity = [], trustedRootSecretRef }: Verification,
  reader: SecretReader,
): Promise<Trust | undefined> {
  const secret = await readSecret(secretRef, reader);
  if (provider === 'notation') return secret === undefined ? undefined : { provider, files: filesIn(secret) };
  if (secret !== undefined) return { provider, keys: filesIn(secret) };
  const rootSecret = await readSecret(trustedRootSecretRef, reader);
  return {
    provider,
    identities: matchOIDCIdentity,
    trustedRoot: rootSecret === undefined ? (await signatures()).publicSigstoreRoot() : trustedRootIn(rootSecret),
  };
}

const filesIn = ({ data = {} }: Secret): SecretFiles =>
  Object.fromEntries(Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64')]));

const TRUSTED_ROOT = 'trusted_root.json';

function trustedRootIn(secret: Secret): Uint8Array {
  const root = filesIn(secret)[TRUSTED_ROOT];
  if (root === undefined) throw new InvalidLogin(`Secret '${secret.metadata.name}' has no '${TRUSTED_ROOT}'`);
  return root;
}
