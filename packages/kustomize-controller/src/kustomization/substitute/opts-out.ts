import { isRecord, type Unstructured } from '@gotk/apimachinery';

const KEY = 'kustomize.toolkit.fluxcd.io/substitute';

/** Whether an object says, by a label or an annotation, that it has no variables: scripts and templates for others are full of what looks like them. */
export function optsOut({ metadata: { labels, annotations } }: Unstructured): boolean {
  const says = (map: unknown): boolean => {
    const value = isRecord(map) && Object.hasOwn(map, KEY) ? map[KEY] : undefined;
    return typeof value === 'string' && value.toLowerCase() === 'disabled';
  };
  return says(labels) || says(annotations);
}
