import { isMainThread } from 'node:worker_threads';
import { serveTasks } from '@gotk/runtime/worker';
import { archiveCommit } from './git-repository/archive-commit.ts';

// The bundle is one file: the threads that take packs apart are started from it as well, and load nothing else of it.
if (isMainThread) {
  const [{ runMain }, { sourceController }] = await Promise.all([import('@gotk/runtime'), import('./program.ts')]);
  process.exit(await runMain(sourceController(new URL(import.meta.url)), process));
}
serveTasks({ 'archive commit': archiveCommit });
