import { readConfigYaml } from '../tree/documents.ts';
import type { Loader } from '../tree/loader.ts';
import { type Replacement, replacementsIn } from './replacement-rule.ts';

/** A replacement, or the file that holds some. */
export type ReplacementEntry = Replacement | { readonly path: string };

/** All replacements of a list, those in files read. `at` is the list. Throws `BuildError`. */
export function loadReplacements(entries: readonly ReplacementEntry[], loader: Loader, at: string): readonly Replacement[] {
  return entries.flatMap((entry, index) => {
    if (!('path' in entry)) return [entry];
    const file = loader.load(entry.path, `${at}[${index}]`);
    const [content] = readConfigYaml(file.bytes, file.path);
    return replacementsIn(content, file.path);
  });
}
