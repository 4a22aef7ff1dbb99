import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
export interface Replacement {
  readonly source: string;
}
export function replacementRule(_rule: JsonMap, at: string): Replacement {
  throw new BuildError(`${at}: field 'replacements' is not supported yet`);
}
export function replacementsIn(_content: unknown, at: string): readonly Replacement[] {
  throw new BuildError(`${at}: field 'replacements' is not supported yet`);
}
