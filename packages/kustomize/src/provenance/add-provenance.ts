import { type BuildResource, isMap, type Json, type JsonMap, metadataOf } from '../resource/resource.ts';
import { renderOrigin, renderOrigins } from './origin.ts';

const ORIGIN = 'config.kubernetes.io/origin';
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations';

/** The version of kustomize whose output this engine matches. */
export const KUSTOMIZE_VERSION = 'v5.8.2';

/** Says on objects where they came from, as far as a kustomization asks for it; what was said before is taken away. */
export function addProvenance(
  resources: readonly BuildResource[],
  { asked, managedByLabel }: { readonly asked: readonly string[]; readonly managedByLabel: boolean },
): void {
  for (const { object, origin, transformations } of resources) {
    if (managedByLabel || asked.includes('managedByLabel'))
      put(object, 'labels', { 'app.kubernetes.io/managed-by': `kustomize-${KUSTOMIZE_VERSION}` });
    put(object, 'annotations', {
      [ORIGIN]: asked.includes('originAnnotations') && origin !== undefined ? renderOrigin(origin) : undefined,
      [TRANSFORMATIONS]:
        asked.includes('transformerAnnotations') && transformations.length > 0 ? renderOrigins(transformations) : undefined,
    });
  }
}

function put(object: JsonMap, field: 'labels' | 'annotations', entries: Readonly<Record<string, Json | undefined>>): void {
  const metadata = metadataOf(object);
  const current = isMap(metadata[field]) ? metadata[field] : {};
  const changed = Object.entries(entries).filter(([key, value]) => value !== current[key]);
  if (changed.length === 0) return;
  const next = { ...current, ...Object.fromEntries(changed) };
  const kept = Object.fromEntries(Object.entries(next).filter((entry): entry is [string, Json] => entry[1] !== undefined));
  if (Object.keys(kept).length > 0) metadata[field] = kept;
  else delete metadata[field];
}
