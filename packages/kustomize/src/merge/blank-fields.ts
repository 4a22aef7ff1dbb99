import type { YamlMapping, YamlNode } from '@gotk/apimachinery/yaml';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** The fields of maps that are written without a value: `field:`, and not `field: null`. By the maps themselves, wherever they are. */
export type BlankFields = Pick<WeakMap<JsonMap, ReadonlySet<string>>, 'get'>;

/**
 * Finds the blank fields of an object that still has the shape it was written in. For JSON they are nulls like any other; a strategic merge in kustomize
 * leaves the nulls that are written out, and drops these.
 */
export function blankFields(object: JsonMap, written: () => YamlNode | undefined): BlankFields {
  const found = new WeakMap<JsonMap, ReadonlySet<string>>();
  // What is written has to be read anew: few objects have nulls, and many are large.
  if (hasNull(object)) collect(object, written(), found);
  return found;
}

const hasNull = (value: Json): boolean =>
  value === null || (typeof value === 'object' && (Array.isArray(value) ? value : Object.values(value)).some(hasNull));

function collect(value: Json, node: YamlNode | undefined, found: WeakMap<JsonMap, ReadonlySet<string>>): void {
  if (isMap(value) && node?.kind === 'mapping') {
    const nodes = nodesByField(node);
    const blank = Object.keys(value).filter((field) => value[field] === null && isBlank(nodes.get(field)));
    if (blank.length > 0) found.set(value, new Set(blank));
    for (const [field, each] of Object.entries(value)) collect(each, nodes.get(field), found);
  }
  if (Array.isArray(value) && node?.kind === 'sequence')
    for (const [index, item] of value.entries()) collect(item, node.items[index], found);
}

const nodesByField = ({ entries }: YamlMapping): ReadonlyMap<string, YamlNode> =>
  new Map(entries.flatMap(({ key, value }) => (key.kind === 'scalar' ? [[key.text, value] as const] : [])));

const isBlank = (node: YamlNode | undefined): boolean => node?.kind === 'scalar' && node.style === 'plain' && node.text === '';
