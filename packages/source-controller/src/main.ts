import { isMainThread } from 'node:worker_threads';
import { runMain, serveTasks } from '@gotk/runtime';
import { archiveCommit } from './git-repository/archive-commit.ts';
import { sourceController } from './program.ts';

// The bundle is one file: the threads that take pull packs apart are started from it as well.
if (isMainThread) process.exit(await runMain(sourceController(new URL(import.meta.url)), process));
serveTasks({ 'archive commit': archiveCommit });
