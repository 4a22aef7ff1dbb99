import type { YamlNode } from '@gotk/apimachinery/yaml';
import { isNull, Mismatch } from './node.ts';

/** Where a value is. Always knows the current one. */
export interface Place {
  readonly node: YamlNode;
  replace(node: YamlNode): void;
}

/** A place of its own: what is put there is nowhere else. */
export function rootPlace(root: YamlNode): Place {
  let node = root;
  return {
    get node() {
      return node;
    },
    replace(next) {
      node = next;
    },
  };
}

/** The places of the items of a list, of which null has none. Throws `Mismatch` for what is no list. */
export function itemPlaces(node: YamlNode): readonly Place[] {
  if (isNull(node)) return [];
  if (node.kind !== 'sequence') throw new Mismatch(`there is a ${node.kind} where a list should be`);
  const { items } = node;
  return items.map((item, index) => ({
    get node() {
      return items[index] ?? item;
    },
    replace(next) {
      items[index] = next;
    },
  }));
}

/** The place of a field, which null never has; undefined when there is none. Throws `Mismatch` for what has no fields. */
export function fieldPlace(node: YamlNode, name: string): Place | undefined {
  if (isNull(node)) return undefined;
  // What kustomize makes of an empty name is of no use to anybody.
  if (name === '') throw new Mismatch('a field has a name');
  if (node.kind !== 'mapping') throw new Mismatch(`there is a ${node.kind} where fields should be`);
  const entry = node.entries.find(({ key }) => key.kind === 'scalar' && key.text === name);
  return (
    entry && {
      get node() {
        return entry.value;
      },
      replace(next) {
        entry.value = next;
      },
    }
  );
}

/** A new last item. Null takes it, and stays null. */
export function addItem(node: YamlNode, item: YamlNode): Place {
  if (node.kind !== 'sequence') return rootPlace(item);
  node.items.push(item);
  return itemPlaces(node).at(-1) ?? rootPlace(item);
}

/** A new field. Null takes it, and stays null. */
export function addField(node: YamlNode, name: string, value: YamlNode): Place {
  if (node.kind !== 'mapping') return rootPlace(value);
  node.entries.push({ key: { kind: 'scalar', text: name, tag: undefined, style: 'plain' }, value });
  return fieldPlace(node, name) ?? rootPlace(value);
}
