// The threads that unpack and build what tenants wrote. What they load is theirs alone: no client, no server, no credentials.
import { unpack } from '@gotk/artifact/files';
import { celTasks } from '@gotk/runtime/cel';
import { serveTasks } from '@gotk/runtime/worker';
import { buildEncrypted } from './decryption/build-encrypted.ts';
import { buildTree } from './kustomization/build-tree.ts';

serveTasks({
  unpack: ({ archive, directory }: { readonly archive: string; readonly directory: string }) => unpack(archive, directory),
  build: buildTree,
  // With the data keys of the files that it reads, and no other key.
  'build-encrypted': buildEncrypted,
  ...celTasks,
});
