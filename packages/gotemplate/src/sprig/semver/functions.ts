import { BOOL } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';
import { isAllowed } from './range.ts';
import { VERSION_TYPE, versionValue } from './version-value.ts';

export const VERSIONS: FunctionMap = new Map([
  ['semver', fixed([text], VERSION_TYPE, ([original]) => versionValue(original))],
  [
    'semverCompare',
    fixed([text, text], BOOL, ([range, version], { spend }) => {
      spend(range.length + version.length);
      return isAllowed(range, version);
    }),
  ],
]);
