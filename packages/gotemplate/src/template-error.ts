/**
 * Why a template has no result:
 * - `parse`: its text is none.
 * - `execute`: it asks for what there is not, as Go would say.
 * - `limit`: it is nested too deeply, prints or works too much: Go would have gone on.
 */
export type TemplateFailure = 'parse' | 'execute' | 'limit';

/** A template that cannot be parsed or executed. The message of the first two kinds is Go's own, `template: NAME:LINE…`; it may show text of the template and values. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly kind: TemplateFailure;

  constructor(message: string, { kind, cause }: { readonly kind: TemplateFailure; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
