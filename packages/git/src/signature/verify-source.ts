import { createHash } from 'node:crypto';
import { type KeyFile, type RefusalKind, Refused, type SignedObject, type Signer } from './outcome.ts';
import { type SignedContent, signedContentOf } from './signed-content.ts';
import { verifySignature } from './verify-signature.ts';

/** As in `spec.verify.mode`; `head` is an older spelling. */
export type VerificationMode = 'HEAD' | 'head' | 'Tag' | 'TagAndHEAD';

/** What the condition `SourceVerified` may give as its reason. */
export const VerificationReason = {
  Succeeded: 'Succeeded',
  /** The Secret with the keys cannot be read. */
  VerificationError: 'VerificationError',
  InvalidVerificationMode: 'InvalidVerificationMode',
  InvalidGitObject: 'InvalidGitObject',
  InvalidTagSignature: 'InvalidTagSignature',
  InvalidCommitSignature: 'InvalidCommitSignature',
} as const;
export type VerificationReason = (typeof VerificationReason)[keyof typeof VerificationReason];

/** An object with the id it was asked for by. */
export interface IdentifiedObject {
  readonly id: string;
  readonly content: Uint8Array;
}

export interface SourceQuestion {
  readonly mode: VerificationMode;
  readonly commit: IdentifiedObject;
  /**
   * The tag that led to the commit, by its name below `refs/tags/`, with its object when it has one. Undefined when it was no tag that led
   * there.
   */
  readonly tag?: { readonly name: string; readonly object?: IdentifiedObject | undefined } | undefined;
  readonly keys: readonly KeyFile[];
  readonly nowMs: number;
}

/** The condition `SourceVerified`, and what it rests on. */
export type SourceVerification =
  | {
      readonly kind: 'verified';
      readonly reason: 'Succeeded';
      readonly message: string;
      /** For `status.sourceVerificationMode`. */
      readonly mode: Exclude<VerificationMode, 'head'>;
      /** In the order of their verification. */
      readonly verified: readonly { readonly type: SignedObject['type']; readonly name: string; readonly signer: Signer }[];
    }
  | {
      readonly kind: 'refused';
      readonly reason: Exclude<VerificationReason, 'Succeeded' | 'VerificationError'>;
      readonly message: string;
      /** What was wrong with the signature; undefined when it did not come to that. */
      readonly cause: RefusalKind | undefined;
      /** Whether only another spec can help. */
      readonly stalled: boolean;
    };

type SourceRefusal = Extract<SourceVerification, { kind: 'refused' }>;

export const normalizedMode = (mode: VerificationMode): Exclude<VerificationMode, 'head'> => (mode === 'head' ? 'HEAD' : mode);

/** Whether a revision that was verified by one mode has to be verified again for another, though it did not change. */
export function needsVerification(observed: VerificationMode | undefined, wanted: VerificationMode): boolean {
  if (observed === undefined) return true;
  const [had, has] = [normalizedMode(observed), normalizedMode(wanted)];
  return had !== has && had !== 'TagAndHEAD';
}

/**
 * Verifies what a mode asks for: the tag first, then the commit; the first that fails decides. Reasons are upstream's.
 *
 * Stricter than upstream: a tag vouches for its own name and for the commit it is put on, so that a good tag does not verify another
 * commit, or another version.
 */
export async function verifySource({ mode, commit, tag, keys, nowMs }: SourceQuestion): Promise<SourceVerification> {
  const wanted = normalizedMode(mode);
  const verified: { readonly type: SignedObject['type']; readonly name: string; readonly signer: Signer }[] = [];
  if (wanted !== 'HEAD') {
    if (tag === undefined) {
      return refusal('InvalidVerificationMode', 'cannot verify the signature of a tag: the reference is not a tag', { stalled: true });
    }
    const { object } = tag;
    const name = object === undefined ? tag.name : `${tag.name}@${object.id}`;
    if (object === undefined) return refusal('InvalidGitObject', `cannot verify signature of tag '${name}' since it is not signed`);
    const misfit = misfitOf(tag.name, object, commit.id);
    if (misfit !== undefined) return refusal('InvalidGitObject', `cannot trust tag '${name}': ${misfit}`);
    const result = await verifySignature({ object: { type: 'tag', content: object.content }, keys, nowMs });
    if (result.kind === 'unsigned') {
      return refusal('InvalidGitObject', `cannot verify signature of tag '${name}' since it is not signed`, { cause: result.kind });
    }
    if (result.kind !== 'verified') {
      return refusal('InvalidTagSignature', `signature verification of tag '${name}' failed: ${result.message}`, { cause: result.kind });
    }
    verified.push({ type: 'tag', name, signer: result.signer });
  }
  if (wanted !== 'Tag') {
    const failed = (message: string, cause?: RefusalKind) =>
      refusal('InvalidCommitSignature', `signature verification of commit '${commit.id}' failed: ${message}`, { cause });
    if (!isItself('commit', commit)) return failed('the content is not that of the commit');
    const result = await verifySignature({ object: { type: 'commit', content: commit.content }, keys, nowMs });
    if (result.kind !== 'verified') return failed(result.message, result.kind);
    verified.push({ type: 'commit', name: commit.id, signer: result.signer });
  }
  const lines = verified.map(({ type, name, signer }) => `\n\t- ${type} '${name}' with key '${signer.id}'`);
  return { kind: 'verified', reason: 'Succeeded', message: `verified signature of${lines.join('')}`, mode: wanted, verified };
}

function refusal(
  reason: SourceRefusal['reason'],
  message: string,
  { stalled = false, cause }: { readonly stalled?: boolean; readonly cause?: RefusalKind | undefined } = {},
): SourceRefusal {
  return { kind: 'refused', reason, message, cause, stalled };
}

/** Why an annotated tag is not one for this name and this commit. */
function misfitOf(name: string, object: IdentifiedObject, commit: string): string | undefined {
  if (!isItself('tag', object)) return 'the content is not that of the tag';
  let tagged: SignedContent['tagged'];
  try {
    ({ tagged } = signedContentOf({ type: 'tag', content: object.content }));
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  if (tagged?.type !== 'commit') return 'it is not put on a commit';
  if (tagged.id !== commit) return `it is put on another commit than ${commit}`;
  return tagged.name === name ? undefined : 'it was made under another name';
}

/** Whether the content has the id that it goes by. */
const isItself = (type: SignedObject['type'], { id, content }: IdentifiedObject): boolean =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex') === id;
