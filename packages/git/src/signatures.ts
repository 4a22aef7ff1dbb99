// Who signed a commit or a tag, for worker threads: nothing of the network is loaded here.
export type { KeyFile, Refusal, RefusalKind, SignedObject, Signer, Verification } from './signature/outcome.ts';
export { type SignatureQuestion, verifySignature } from './signature/verify-signature.ts';
export {
  type IdentifiedObject,
  needsVerification,
  type SourceQuestion,
  type SourceVerification,
  type VerificationMode,
  VerificationReason,
  verifySource,
} from './signature/verify-source.ts';
