/**
 * `malformed`: it is no SOPS file; `too-large`: more than anybody should have to read; `unsupported`: SOPS knows it, this package does not;
 * `no-key`: no master key gave the data key; `tampered`: a value, or the file as a whole, is not what was encrypted.
 */
export type SopsErrorKind = 'malformed' | 'too-large' | 'unsupported' | 'no-key' | 'tampered';

/** A file that is not decrypted. The message names the place, and holds neither a key nor a value, encrypted or not. */
export class SopsError extends Error {
  override readonly name = 'SopsError';
  readonly kind: SopsErrorKind;

  constructor(kind: SopsErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
