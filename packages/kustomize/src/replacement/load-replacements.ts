import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { readConfigYaml } from '../tree/documents.ts';
import type { Loader } from '../tree/loader.ts';
import { type Replacement, replacementRule, replacementsIn } from './replacement-rule.ts';

/** A replacement, or the file that holds some. */
export type ReplacementEntry = Replacement | { readonly path: string };

/** An entry of `replacements`. */
export function replacementOrPath(rule: JsonMap, at: string): ReplacementEntry {
  const { path, ...inline } = rule;
  if (typeof path !== 'string' || path === '') return replacementRule(path === null || path === '' ? inline : rule, at);
  if (Object.values(inline).some((value) => value !== null)) throw new BuildError(`${at}: needs either path or a replacement`);
  return { path };
}

/** All replacements of a list, those in files read. Throws `BuildError`. */
export function loadReplacements(entries: readonly ReplacementEntry[], loader: Loader, at: string): readonly Replacement[] {
  return entries.flatMap((entry, index) => {
    if (!('path' in entry)) return [entry];
    const file = loader.load(entry.path, `${at}[${index}]`);
    const [content] = readConfigYaml(file.bytes, file.path);
    return replacementsIn(content, file.path);
  });
}
