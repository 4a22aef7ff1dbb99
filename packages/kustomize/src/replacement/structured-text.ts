import { InvalidYaml, readYaml, renderYamlNode, type YamlNode } from '@gotk/apimachinery/yaml';
import { renderGoJson } from '../resource/render-json.ts';
import { step } from './lookup.ts';
import { type MatchOptions, matchPath, parsed } from './match.ts';
import { Mismatch } from './node.ts';
import { type Place, rootPlace } from './place.ts';

/**
 * Changes values in a text that is itself JSON or YAML (a file in a ConfigMap): the path leads to the text and goes on in it. The text is written anew as
 * kustomize does it: JSON with sorted keys, on one line or with two spaces as it was, and YAML in go-yaml's layout.
 *
 * Throws `Mismatch`, and changes nothing, when there is no such text on the way or when it cannot be changed so.
 */
export function replaceInText(
  root: Place,
  parts: readonly string[],
  { change, ...options }: MatchOptions & { readonly change: (place: Place) => void },
): void {
  const { place, document, used } = findText(root, parts, options);
  const { node } = place;
  if (node.kind !== 'scalar') throw new Mismatch('there is no text on the way');
  const inner = rootPlace(document);
  const places = matchPath(inner, parts.slice(used), options);
  if (places.length === 0) throw new Mismatch('there is no such field in the text');
  for (const each of places) change(each);
  const text = render(inner.node, node.text);
  options.budget.spend(text);
  place.replace({ ...node, text });
}

interface Found {
  readonly place: Place;
  readonly document: YamlNode;
  /** How many parts of the path lead to it. */
  readonly used: number;
}

function findText(root: Place, parts: readonly string[], { budget }: MatchOptions): Found {
  let place: Place = root;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    if (part.trim() === '') continue;
    const next = step(place.node, part);
    if (next === undefined) break;
    place = next;
    if (place.node.kind !== 'scalar') continue;
    const document = parsed(place.node.text, budget);
    if (document !== undefined) return { place, document, used: index + 1 };
  }
  throw new Mismatch('there is no text on the way');
}

function render(document: YamlNode, original: string): string {
  const text = renderYamlNode(document);
  if (!/^\s*[[{]/.test(original)) return text.trim();
  try {
    const bytes = new TextEncoder().encode(text);
    const [value] = readYaml(bytes, { dialect: 'manifest', duplicates: 'refused', maxBytes: bytes.length });
    return renderGoJson(value, original.includes('\n') && original.includes('  ') ? '  ' : '');
  } catch (error) {
    if (error instanceof InvalidYaml) throw new Mismatch(error.message);
    throw error;
  }
}
