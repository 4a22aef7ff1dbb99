/**
 * An artifact that cannot be had, or must not be used. `gone`: its server no longer has it, a newer one is likely on its way. `not-unpacked`: whoever was to unpack it has
 * not come to an end.
 */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
  readonly kind: 'gone' | 'unreachable' | 'digest-mismatch' | 'hostile' | 'too-large' | 'not-unpacked';

  constructor(kind: ArtifactError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
