import { isMainThread } from 'node:worker_threads';
import { unpack } from '@gotk/artifact/files';
import { serveTasks } from '@gotk/runtime/worker';
import { buildTree } from './kustomization/build-tree.ts';

// The bundle is one file: the threads that unpack and build what tenants wrote are started from it as well, and load nothing else of it.
if (isMainThread) {
  const [{ runMain }, { kustomizeController }] = await Promise.all([import('@gotk/runtime'), import('./program.ts')]);
  process.exit(await runMain(kustomizeController(new URL(import.meta.url)), process));
}
serveTasks({
  unpack: ({ archive, directory }: { readonly archive: string; readonly directory: string }) => unpack(archive, directory),
  build: buildTree,
});
