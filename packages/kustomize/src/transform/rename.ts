import type { GroupVersionKind } from '@gotk/apimachinery';
import { type BuildResource, metadataOf, originalId, remember } from '../resource/resource.ts';

/** Kinds whose names mean something of their own. */
const isKept = ({ group, kind }: GroupVersionKind): boolean =>
  kind === 'CustomResourceDefinition' || kind === 'Namespace' || (kind === 'APIService' && group === 'apiregistration.k8s.io');

/** Puts a prefix before and a suffix behind every name. */
export function rename(
  resources: readonly BuildResource[],
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): void {
  for (const resource of resources) {
    if (isKept(originalId(resource).gvk)) continue;
    const metadata = metadataOf(resource.object);
    if (prefix !== '') {
      remember(resource);
      resource.prefixes.push(prefix);
      metadata.name = `${prefix}${String(metadata.name)}`;
    }
    if (suffix !== '') {
      remember(resource);
      resource.suffixes.push(suffix);
      metadata.name = `${String(metadata.name)}${suffix}`;
    }
  }
}
