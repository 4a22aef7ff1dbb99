// The threads that take packs apart. What they load is theirs alone: no client, no server, and no credentials but a key that is to be decrypted.
import { readListing } from '@gotk/bucket/listings';
import { serveTasks } from '@gotk/runtime/worker';
import { keptPaths } from './bucket/kept-paths.ts';
import { archiveCommit } from './git-repository/archive-commit.ts';
import { decryptKey } from './git-repository/decrypt-key.ts';
import { listMissingBlobs } from './git-repository/list-missing-blobs.ts';
import { listSubmodules } from './git-repository/list-submodules.ts';
import { verifyCommit } from './git-repository/verify-commit.ts';
import { buildPulledChart, buildSourceChart } from './helm-chart/build-chart.ts';
import { planCharts } from './helm-chart/plan-chart.ts';
import { chooseChart, makeLookup } from './helm-repository/index-lookup.ts';
import { archiveLayer, copyLayer } from './oci-repository/archive-layer.ts';
import { judgeSignatures } from './oci-repository/judge-signatures.ts';
import { archiveFiles } from './source/archive-files.ts';

serveTasks({
  'archive commit': archiveCommit,
  'archive files': archiveFiles,
  'archive layer': archiveLayer,
  'build pulled chart': buildPulledChart,
  'build source chart': buildSourceChart,
  'choose chart': chooseChart,
  'copy layer': copyLayer,
  'decrypt key': decryptKey,
  'judge signatures': judgeSignatures,
  'kept paths': keptPaths,
  'list missing blobs': listMissingBlobs,
  'list submodules': listSubmodules,
  'plan charts': planCharts,
  'read index': makeLookup,
  'read listing': readListing,
  'verify commit': verifyCommit,
});
