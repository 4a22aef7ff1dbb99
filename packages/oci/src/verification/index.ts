export type { CosignIdentities, CosignKeys } from './cosign.ts';
export { type FindOptions, findSignatures } from './find-signatures.ts';
export type { NotationTrust } from './notation.ts';
export type { OidcIdentity } from './oidc-identity.ts';
export { publicSigstoreRoot } from './public-sigstore.ts';
export type { SecretFiles } from './secret-files.ts';
export type { Claim, Evidence, ReadOptions, SignatureSource, Subject } from './signature-source.ts';
export type { Verdict } from './verdict.ts';
export { judgeEvidence, type Trust, type VerifyOptions, verifyArtifact } from './verify-artifact.ts';
