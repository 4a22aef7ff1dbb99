import { certificateFunctions } from './crypto/certificate-functions.ts';
import { passwordFunctions } from './crypto/password-functions.ts';
import { dateFunctions } from './date/functions.ts';
import { DICTS } from './dict/functions.ts';
import { MERGE } from './dict/merge.ts';
import { DIGESTS } from './digest/functions.ts';
import { ENCODINGS } from './encoding/functions.ts';
import type { FunctionMap, SprigSources } from './function-map.ts';
import { JSON_FUNCTIONS } from './json/functions.ts';
import { LISTS } from './list/functions.ts';
import { PARTS } from './list/parts.ts';
import { LOGIC } from './logic/functions.ts';
import { NETWORK } from './network.ts';
import { FLOATS } from './number/float.ts';
import { INTEGERS } from './number/integer.ts';
import { RANGES } from './number/ranges.ts';
import { PATHS } from './path/functions.ts';
import { randomFunctions } from './random/functions.ts';
import { REFLECTION } from './reflection/types.ts';
import { regexFunctions } from './regex/functions.ts';
import { VERSIONS } from './semver/functions.ts';
import { systemSources } from './system-sources.ts';
import { CASE } from './text/case.ts';
import { CUT } from './text/cut.ts';
import { FIND } from './text/find.ts';
import { LAYOUT } from './text/layout.ts';
import { QUOTING } from './text/quoting.ts';
import { SPLIT } from './text/split.ts';
import { URLS } from './url/functions.ts';

/** Every function of Sprig by its name, aliases included. */
export function sprigFunctions(sources: SprigSources = systemSources): FunctionMap {
  return new Map([
    ...CASE,
    ...CUT,
    ...FIND,
    ...LAYOUT,
    ...QUOTING,
    ...SPLIT,
    ...INTEGERS,
    ...FLOATS,
    ...RANGES,
    ...LOGIC,
    ...REFLECTION,
    ...LISTS,
    ...PARTS,
    ...DICTS,
    ...MERGE,
    ...JSON_FUNCTIONS,
    ...ENCODINGS,
    ...DIGESTS,
    ...PATHS,
    ...URLS,
    ...NETWORK,
    ...VERSIONS,
    ...regexFunctions(),
    ...randomFunctions(sources),
    ...dateFunctions(sources),
    ...passwordFunctions(sources),
    ...certificateFunctions(sources),
  ]);
}
