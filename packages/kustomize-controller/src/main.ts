import { isMainThread } from 'node:worker_threads';
import { unpack } from '@gotk/artifact';
import { runMain, serveTasks } from '@gotk/runtime';
import { buildTree } from './kustomization/build-tree.ts';
import { kustomizeController } from './program.ts';

// The bundle is one file: the threads that unpack and build what tenants wrote are started from it as well.
if (isMainThread) process.exit(await runMain(kustomizeController(new URL(import.meta.url)), process));
serveTasks({
  unpack: ({ archive, directory }: { readonly archive: string; readonly directory: string }) => unpack(archive, directory),
  build: buildTree,
});
