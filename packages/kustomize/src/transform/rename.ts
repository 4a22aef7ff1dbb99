import { type BuildResource, metadataOf, remember } from '../resource.ts';

/** Kinds whose names mean something of their own. */
const KEPT = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

/** Puts a prefix before and a suffix behind every name. */
export function rename(
  resources: readonly BuildResource[],
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): void {
  if (prefix === '' && suffix === '') return;
  for (const resource of resources) {
    if (KEPT.has(String(resource.object.kind))) continue;
    remember(resource);
    const metadata = metadataOf(resource.object);
    metadata.name = `${prefix}${String(metadata.name)}${suffix}`;
  }
}
