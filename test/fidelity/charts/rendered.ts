/** What a release of a chart comes to. */
export interface Rendered {
  /** The objects as one text, as a release keeps them. */
  readonly manifest: string;
  readonly hooks: readonly RenderedHook[];
  readonly notes: string;
}

export interface RenderedHook {
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
}

export interface Rendering {
  readonly seconds: number;
  /** A message, where there is no release. */
  readonly outcome: Rendered | string;
}

/** Whose release it is that is rendered: the same for both programs. */
export const RELEASE = { name: 'demo', namespace: 'team-a' } as const;
