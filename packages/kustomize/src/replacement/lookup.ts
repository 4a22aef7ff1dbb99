import type { YamlNode } from '@gotk/apimachinery/yaml';
import { indexIn, isItemSelector, splitItemSelector } from './field-path.ts';
import { Mismatch, textOf } from './node.ts';
import { fieldPlace, itemPlaces, type Place } from './place.ts';

/** The one place that a path leads to, as kustomize follows the path of a source; undefined when it is not there. Throws `Mismatch`. */
export function lookUp(root: Place, parts: readonly string[]): Place | undefined {
  let place: Place | undefined = root;
  for (const part of parts) place = place && step(place.node, part);
  return place;
}

/** One part of such a path. An item is chosen by equality, and `-` is the last one. */
export function step(node: YamlNode, written: string): Place | undefined {
  const part = written.trim();
  if (part === '*') throw new Mismatch('a source has no wildcards');
  const index = part === '-' ? -1 : indexIn(part);
  if (index !== undefined) {
    const items = itemPlaces(node);
    if (index < 0 && (part !== '-' || items.length === 0)) throw new Mismatch(`the list has no index '${part}'`);
    return items.at(index);
  }
  if (!isItemSelector(part)) return fieldPlace(node, part);
  const selector = splitItemSelector(part);
  if (selector === undefined) throw new Mismatch(`'${part}' should have a field, an equals sign and a value`);
  return itemPlaces(node).find((item) => isSelected(item.node, selector));
}

function isSelected(item: YamlNode, { field, value }: { readonly field: string; readonly value: string }): boolean {
  if (field === '') return textOf(item) === value;
  const place = item.kind === 'mapping' ? fieldPlace(item, field) : undefined;
  return place !== undefined && textOf(place.node) === value;
}
