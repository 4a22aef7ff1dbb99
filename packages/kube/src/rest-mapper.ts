import type { GroupVersionKind, Resource } from '@gotk/apimachinery';

/** Answers which resource serves a kind. Cached per group version; a miss refreshes that group version once, at most every few seconds. */
export interface RestMapper {
  /** Throws `NoMatch` when the server does not serve the kind. */
  resourceFor(gvk: GroupVersionKind, options: { readonly signal: AbortSignal }): Promise<Resource>;
  /**
   * The same where that version may have gone: then in another one of the group, first of all in the one that the server prefers. The objects are the same ones
   * in each. Throws `NoMatch` when the server serves the kind in no version.
   */
  anyResourceFor(gvk: GroupVersionKind, options: { readonly signal: AbortSignal }): Promise<Resource>;
  /** Forgets a group version, for instance after a CRD of it was applied. */
  forget(groupVersion: { readonly group: string; readonly version: string }): void;
}
