/** One entry of the Secret that holds the public keys of trusted authors. */
export interface KeyFile {
  /**
   * The Secret's key, such as `author.asc`. `.sshpub` holds SSH keys as in `authorized_keys`; anything else holds OpenPGP keys in armour.
   */
  readonly name: string;
  readonly text: string;
}

/** A commit or an annotated tag, as the bytes that its object id is the hash of (without the `commit <size>` header). */
export interface SignedObject {
  readonly type: 'commit' | 'tag';
  readonly content: Uint8Array;
}

export interface Signer {
  /** The entry of the Secret that the key came from. */
  readonly keyFile: string;
  /** What Flux shows of a signer: the 16 hex digits of an OpenPGP primary key, or the `SHA256:` fingerprint of an SSH key. */
  readonly id: string;
  /** Of the key that made the signature, which may be a subkey: hex for OpenPGP, `SHA256:` and base64 for SSH. */
  readonly fingerprint: string;
  readonly scheme: 'openpgp' | 'ssh';
}

/** Why a signature does not count. */
export type RefusalKind = 'unsigned' | 'unknown-key' | 'expired-key' | 'revoked-key' | 'invalid';

export interface Refusal {
  readonly kind: RefusalKind;
  /** Names the key where one is known; holds nothing else of the signature, the object or the keys. */
  readonly message: string;
}

export type Verification = { readonly kind: 'verified'; readonly signer: Signer } | Refusal;

/**
 * Thrown between the parsers of this folder, and turned into a value where it leaves it: what was signed is hostile, a refusal is an
 * answer.
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly kind: RefusalKind;

  constructor(message: string, kind: RefusalKind = 'invalid') {
    super(message);
    this.kind = kind;
  }
}
