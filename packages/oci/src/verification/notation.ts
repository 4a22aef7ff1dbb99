import { type ChainCertificate, checkCodeSigningChain, readCertificate } from './code-signing-chain.ts';
import { isContainedIn, subjectOf } from './distinguished-name.ts';
import { isRecord, parseObject } from './manifest.ts';
import { openCose } from './notation-cose.ts';
import type { SignedEnvelope } from './notation-envelope.ts';
import { openJws } from './notation-jws.ts';
import type { SecretFiles } from './secret-files.ts';
import type { Claim, Evidence, Subject } from './signature-source.ts';
import { type Action, type Check, parseTrustPolicies, policyFor, type TrustPolicy } from './trust-policy.ts';
import { readTrustStore, type TrustStore } from './trust-store.ts';
import { ensure, Rejection, reasonOf, summary, type Verdict } from './verdict.ts';

const POLICY_FILE = 'trustpolicy.json';
const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';

/** `trustpolicy.json` and the certificates (`*.crt`, `*.pem`) of `spec.verify.secretRef`. */
export interface NotationTrust {
  readonly provider: 'notation';
  readonly files: SecretFiles;
}

/** What the owner's policy enforces can be decided only with means we do not have. */
class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/**
 * Judges the evidence by notation's rules and the owner's trust policy. One signature that convinces suffices. Pure; never throws.
 *
 * Two checks need what is not here: revocation lists and responders (no network), and RFC 3161 timestamps. Where the policy enforces one
 * that a trusted signature depends on, the verdict is `unsupported`; where it only logs, a warning.
 */
export function verifyNotation(evidence: Evidence, trust: NotationTrust, nowMs: number): Verdict {
  const { subject, claims, passedOver } = evidence;
  try {
    const policy = readPolicy(trust.files, subject);
    if (policy.skip) return { kind: 'ignored', message: `the statement '${policy.name}' of the trust policy skips verification` };
    const store = readTrustStore(trust.files);
    ensure(claims.length + passedOver.length > 0, `no signature is associated with '${subject.name}'`);
    return firstConvincing(claims, { subject, policy, store, nowMs, passedOver });
  } catch (thrown) {
    return { kind: 'unverified', message: reasonOf(thrown) };
  }
}

interface Court {
  readonly subject: Subject;
  readonly policy: TrustPolicy;
  readonly store: TrustStore;
  readonly nowMs: number;
  readonly passedOver: readonly string[];
}

function readPolicy(files: SecretFiles, subject: Subject): TrustPolicy {
  const policy = files[POLICY_FILE];
  ensure(policy !== undefined, `the Secret has no '${POLICY_FILE}'`);
  return policyFor(parseTrustPolicies(policy), subject.name.slice(0, subject.name.lastIndexOf('@')));
}

function firstConvincing(claims: readonly Claim[], court: Court): Verdict {
  const reasons: string[] = [];
  let undecided: string | undefined;
  let ignored: string | undefined;
  for (const claim of claims) {
    try {
      const { by, logged } = judge(open(claim), court);
      const warnings = [...logged.map(({ message }) => message), ...court.store.warnings];
      const unproven = logged.find(({ check }) => check === 'authenticity');
      if (unproven === undefined) return { kind: 'verified', by, warnings };
      ignored ??= unproven.message;
    } catch (thrown) {
      if (thrown instanceof Undecidable) undecided ??= reasonOf(thrown);
      else reasons.push(reasonOf(thrown));
    }
  }
  // Only a signature that the policy's own authorities stand behind gets so far as to be undecidable: a stranger's cannot stall anything.
  if (undecided !== undefined) return { kind: 'unsupported', message: undecided };
  if (ignored !== undefined) return { kind: 'ignored', message: `the trust policy only audits: ${ignored}` };
  return {
    kind: 'unverified',
    message: `no matching signatures were found for '${court.subject.name}': ${summary([...reasons, ...court.passedOver])}`,
  };
}

function open(claim: Claim): SignedEnvelope {
  switch (claim.mediaType) {
    case 'application/jose+json':
      return openJws(claim.bytes);
    case 'application/cose':
      return openCose(claim.bytes);
    default:
      throw new Rejection('a signature envelope is neither JWS nor COSE');
  }
}

interface Judgement {
  readonly by: string;
  readonly logged: readonly { readonly check: Check; readonly message: string }[];
}

/** The checks in notation's order. Integrity, and that the signature is about the subject, no policy can relax. */
function judge(envelope: SignedEnvelope, { subject, policy, store, nowMs }: Court): Judgement {
  const chain = envelope.chain.map(readCertificate);
  checkCodeSigningChain(chain);
  checkTarget(envelope, subject);

  const logged: { check: Check; message: string }[] = [];
  const apply = (check: Check, run: () => void): void => {
    const action: Action = policy.actions[check];
    if (action === 'skip') return;
    try {
      run();
    } catch (thrown) {
      const unproven = logged.some((entry) => entry.check === 'authenticity');
      if (action === 'enforce') throw unproven ? new Rejection(reasonOf(thrown)) : thrown;
      logged.push({ check, message: reasonOf(thrown) });
    }
  };
  apply('authenticity', () => checkAuthenticity(envelope, { chain, policy, store }));
  apply('expiry', () => ensure(envelope.expiryMs === undefined || nowMs < envelope.expiryMs, 'the signature has expired'));
  apply('authenticTimestamp', () => checkTimes(envelope, { chain, policy, nowMs }));
  apply('revocation', () => checkRevocation(chain));
  return { by: reasonOf(`'${chain[0]?.node.subject.replaceAll('\n', ', ')}'`), logged };
}

function checkTarget({ payload, contentType }: SignedEnvelope, { digest, mediaType, size }: Subject): void {
  ensure(contentType === PAYLOAD_TYPE, `the signed payload is not of the type '${PAYLOAD_TYPE}'`);
  const { targetArtifact: target } = parseObject(payload, 'the signed payload');
  const same = isRecord(target) && target.digest === digest && target.mediaType === mediaType && target.size === size;
  ensure(same, 'the signature is about another artifact');
}

interface Trusting {
  readonly chain: readonly ChainCertificate[];
  readonly policy: TrustPolicy;
  readonly store: TrustStore;
}

function checkAuthenticity({ scheme }: SignedEnvelope, { chain, policy, store }: Trusting): void {
  const type = scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
  ensure(policy.stores.has(type), `the trust policy names no trust store of the type '${type}'`);
  ensure(
    chain.some(({ node }) => store.certificates.some((trusted) => trusted.equals(node.raw))),
    'no certificate of the signature is in the trust store',
  );
  const [leaf] = chain;
  if (policy.identities === 'any' || leaf === undefined) return;
  const subject = subjectOf(leaf.asn1);
  ensure(
    policy.identities.some((identity) => isContainedIn(identity, subject)),
    "the signing certificate's subject is none of the trusted identities",
  );
}

function checkTimes(envelope: SignedEnvelope, { chain, policy, nowMs }: Omit<Trusting, 'store'> & { readonly nowMs: number }): void {
  const validAt = (ms: number): boolean => chain.every(({ notBeforeMs, notAfterMs }) => notBeforeMs <= ms && ms <= notAfterMs);
  if (envelope.scheme === 'notary.x509.signingAuthority') {
    ensure(validAt(envelope.signingTimeMs), 'a certificate was not valid when the authority signed');
    return;
  }
  const expired = chain.some(({ notAfterMs }) => nowMs > notAfterMs);
  if (policy.stores.has('tsa') && (policy.verifyTimestamp === 'always' || expired)) {
    throw new Undecidable(
      "RFC 3161 timestamps of notation signatures cannot be verified: remove the 'tsa' trust store from the trust policy, or set verifyTimestamp 'afterCertExpiry' and sign anew",
    );
  }
  ensure(validAt(nowMs), 'a certificate of the signature is not valid now');
}

/** The root is trusted as it is; any other certificate that can be revoked may have been. */
function checkRevocation(chain: readonly ChainCertificate[]): void {
  if (!chain.slice(0, -1).some(({ revocable }) => revocable)) return;
  throw new Undecidable(
    "whether a certificate of the signature was revoked cannot be checked: override 'revocation' with 'skip' or 'log' in the trust policy",
  );
}
