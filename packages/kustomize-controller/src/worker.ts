// The threads that unpack and build what tenants wrote. What they load is theirs alone: no client, no server, no credentials.
import { unpack } from '@gotk/artifact/files';
import { celTasks } from '@gotk/runtime/cel';
import { serveTasks } from '@gotk/runtime/worker';
import { buildEncrypted } from './decryption/build-encrypted.ts';
import { unwrap } from './decryption/unwrap.ts';
import { buildTree } from './kustomization/build-tree.ts';
import { diskTree } from './kustomization/disk-tree.ts';
import { type Footprint, hasFootprint } from './kustomization/footprint.ts';

serveTasks({
  unpack: ({ archive, directory }: { readonly archive: string; readonly directory: string }) => unpack(archive, directory),
  build: buildTree,
  'compare-footprint': ({ directory, footprint }: { readonly directory: string; readonly footprint: Footprint }) =>
    hasFootprint(diskTree(directory), footprint),
  // With the data keys of the files that it reads, and no other key.
  'build-encrypted': buildEncrypted,
  // With age identities and OpenPGP keys, in a pool of its own: no thread that has read files is given any.
  unwrap,
  ...celTasks,
});
