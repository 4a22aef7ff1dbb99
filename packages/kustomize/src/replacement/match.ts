import { InvalidYaml, readYamlNodes, renderYamlNode, type YamlNode } from '@gotk/apimachinery/yaml';
import { RE2JS } from 're2js';
import type { Budget } from './budget.ts';
import { indexIn, isItemSelector, splitItemSelector } from './field-path.ts';
import { Mismatch, scalar } from './node.ts';
import { addField, addItem, fieldPlace, itemPlaces, type Place, rootPlace } from './place.ts';

export interface MatchOptions {
  /** What to put where the path ends when there is nothing; undefined to make nothing. */
  readonly create: YamlNode['kind'] | undefined;
  readonly budget: Budget;
}

/**
 * The places that a path leads to, as kustomize follows the path of a target: `*` is every item, and items are chosen by regular expressions (RE2: linear in
 * time) that may match anywhere. Text on the way is parsed, but what is put into it is lost: only `replaceInText` writes it back. Throws `Mismatch`.
 */
export const matchPath = (root: Place, parts: readonly string[], options: MatchOptions): readonly Place[] =>
  new Matcher(parts, options).from(root, 0);

class Matcher {
  readonly #parts: readonly string[];
  readonly #create: MatchOptions['create'];
  readonly #budget: Budget;

  constructor(parts: readonly string[], { create, budget }: MatchOptions) {
    this.#parts = parts;
    this.#create = create;
    this.#budget = budget;
  }

  from(place: Place, at: number): readonly Place[] {
    const part = this.#parts[at];
    if (part === undefined) return [place];
    const index = indexIn(part);
    if (index !== undefined && index >= 0) return this.#atIndex(place.node, index, at);
    if (isItemSelector(part)) return this.#selected(place.node, part, at);
    if (part === '*') return itemPlaces(place.node).flatMap((item) => this.from(item, at + 1));
    return this.#inField(place.node, part, at);
  }

  #inField(node: YamlNode, name: string, at: number): readonly Place[] {
    const found = fieldPlace(node, name) ?? (this.#create && addField(node, name, this.#made(at + 1)));
    if (found === undefined) return [];
    if (found.node.kind !== 'scalar' || at + 1 >= this.#parts.length) return this.from(found, at + 1);
    const inner = parsed(found.node.text, this.#budget);
    if (inner === undefined) throw new Mismatch(`'${name}' is empty`);
    return this.from(rootPlace(inner), at + 1);
  }

  #atIndex(node: YamlNode, index: number, at: number): readonly Place[] {
    const items = itemPlaces(node);
    const isNext = this.#create !== undefined && items.length === index;
    const item = isNext ? addItem(node, this.#made(at + 1)) : items[index];
    if (item === undefined) throw new Mismatch(`index ${index} in a list of ${items.length}`);
    return this.from(item, at + 1);
  }

  #selected(node: YamlNode, part: string, at: number): readonly Place[] {
    const selector = splitItemSelector(part);
    if (selector === undefined) throw new Mismatch(`'${part}' should have a field, an equals sign and a value`);
    const { field, value } = selector;
    const found = this.#matching(itemPlaces(node), selector, at);
    if (found.length > 0 || this.#create === undefined) return found;
    const made = scalar(value, undefined);
    const item: YamlNode =
      field === '' ? made : { kind: 'mapping', tag: '!!map', isFlow: false, entries: [{ key: scalar(field, undefined), value: made }] };
    const places = this.#matching([addItem(node, item)], selector, at);
    // kustomize would look for it, and make it, without end.
    if (places.length === 0) throw new Mismatch(`'${part}' does not match what it makes`);
    return places;
  }

  #matching(items: readonly Place[], selector: { readonly field: string; readonly value: string }, at: number): readonly Place[] {
    const { field, value } = selector;
    if (items.length === 0) return [];
    const pattern = compile(value);
    const matches = (node: YamlNode) => pattern.matcher(renderYamlNode(node).trim()).find();
    // Behind the value of an item, kustomize ignores the rest of the path.
    if (field === '') return items.filter(({ node }) => matches(node));
    return items.flatMap((item) => {
      const place = item.node.kind === 'mapping' ? fieldPlace(item.node, field) : undefined;
      return place !== undefined && matches(place.node) ? this.from(item, at + 1) : [];
    });
  }

  /** What is made for the part before `at`. */
  #made(at: number): YamlNode {
    const next = this.#parts[at] ?? '';
    const kind = next === '' ? this.#create : isItemSelector(next) || (indexIn(next) ?? -1) >= 0 ? 'sequence' : 'mapping';
    if (kind === 'sequence') return { kind, tag: '!!seq', isFlow: false, items: [] };
    return kind === 'mapping' ? { kind, tag: '!!map', isFlow: false, entries: [] } : scalar('', undefined);
  }
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch {
    throw new Mismatch(`'${pattern}' is not a regular expression`);
  }
}

/** The first document of a text; undefined for an empty one. Throws `Mismatch` for what is no YAML. */
export function parsed(text: string, budget: Budget): YamlNode | undefined {
  budget.spend(text);
  try {
    return readYamlNodes(text)[0];
  } catch (error) {
    if (error instanceof InvalidYaml) throw new Mismatch(error.message);
    throw error;
  }
}
