import { type BuildResource, metadataOf, remember } from '../resource/resource.ts';
import { contentHash } from './content-hash.ts';

/** Puts the hash of its content behind the name of each resource that is to have one. */
export function addHashes(resources: readonly BuildResource[]): void {
  for (const resource of resources) {
    if (!resource.isHashed) continue;
    const hash = contentHash(resource.object);
    remember(resource);
    const metadata = metadataOf(resource.object);
    metadata.name = `${String(metadata.name)}-${hash}`;
  }
}
