import { releaseJson } from '../src/release/release-json.ts';
import { encodeRelease } from '../src/release/stored-release.ts';
import { CHART_CASES, RANDOM_CHART_CASES } from './dependency-cases.ts';
import { MANIFESTS } from './manifest-cases.ts';
import { RELEASES, releaseInput } from './release-cases.ts';
import { RENDERS } from './render/cases.ts';
import { INSTALLS } from './render/install-cases.ts';
import { SCHEMAS } from './schema-cases.ts';
import { OPTIONS, SETS } from './set-cases.ts';

/** What testdata/record-engine reads. */
export const ENGINE_CASES = {
  sets: SETS,
  options: OPTIONS,
  charts: { ...CHART_CASES, ...RANDOM_CHART_CASES },
  schemas: SCHEMAS,
  manifests: MANIFESTS,
  renders: RENDERS,
  installs: INSTALLS,
  releases: releaseInput(RELEASES, releaseJson),
  stored: Object.fromEntries(Object.entries(RELEASES).map(([name, { release }]) => [name, encodeRelease(release)])),
};
