import { ignoreRules } from '@gotk/artifact/files';

/** Plain data: it crosses into a worker thread. */
export interface KeptPaths {
  readonly paths: readonly string[];
  readonly rules: BucketRules;
}

export interface BucketRules {
  /** The `.sourceignore` at the bucket's root. */
  readonly file: string | undefined;
  /** `spec.ignore`. */
  readonly spec: string | undefined;
}

/** Which of the paths no rule leaves out, by their places. As in Flux, nothing is left out of a bucket by default. Throws `ArtifactError`. */
export function keptPaths({ paths, rules: { file, spec } }: KeptPaths): readonly number[] {
  const isIgnored = ignoreRules({ files: new Map(file === undefined ? [] : [['', file]]), spec, defaults: false });
  return paths.flatMap((path, place) => (isIgnored(path) ? [] : [place]));
}
