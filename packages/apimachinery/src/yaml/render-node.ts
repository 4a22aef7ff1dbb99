import type { YamlComments, YamlEntry, YamlNode } from './node.ts';
import { type NodePlace, renderNodeScalar } from './render-node-scalar.ts';
import { readPlain } from './schema.ts';

/**
 * A document as go-yaml 3 prints it for kustomize: styles, order and comments as they were read, two spaces, sequences not indented below their key, lines of
 * any length. Without a line break at its end.
 */
export function renderYamlNode(node: YamlNode): string {
  const above = isBlock(node) ? [] : (node.comments?.head ?? []);
  return [...above, block(node, '')].join('\n');
}

/** Collections of which every item has a line of its own. */
const isBlock = (node: YamlNode): boolean =>
  (node.kind === 'sequence' && !node.isFlow && node.items.length > 0) ||
  (node.kind === 'mapping' && !node.isFlow && node.entries.length > 0);

/** The lines of a value; the first one begins where the cursor is, and has no indentation. */
function block(node: YamlNode, indent: string): string {
  if (!isBlock(node)) return withProperties(node, commented(node, onLine(node, { indent, isInFlow: false, isKey: false })));
  const items =
    node.kind === 'sequence'
      ? node.items.map((item) => ({ comments: item.comments, text: sequenceItem(item, indent) }))
      : node.kind === 'mapping'
        ? node.entries.map((entry) => ({ comments: entry.key.comments, text: mappingEntry(entry, indent) }))
        : [];
  return items
    .flatMap(({ comments, text }, index) => withComments(comments, text, { isLast: index === items.length - 1 }))
    .map((line, index) => (index === 0 || line === '' ? line : indent + line))
    .join('\n');
}

function withComments(comments: YamlComments | undefined, text: string, { isLast }: { readonly isLast: boolean }): readonly string[] {
  if (comments === undefined) return [text];
  return [...comments.head, text, ...comments.foot, ...(isLast || comments.foot.length === 0 ? [] : [''])];
}

// The text of a block scalar begins on the next line.
const commented = (node: YamlNode, text: string): string =>
  node.kind === 'scalar' && /^[|>]/.test(text) ? text.replace('\n', () => `${lineOf(node)}\n`) : `${text}${lineOf(node)}`;

const joined = (left: string, right: string): string => (right === '' ? left : `${left} ${right}`);

function sequenceItem(item: YamlNode, indent: string): string {
  const properties = propertiesOf(item);
  if (isBlock(item) && properties !== '') return `- ${properties}\n${indent}  ${block(item, `${indent}  `)}`;
  return joined('-', block(item, `${indent}  `));
}

function mappingEntry({ key, value }: YamlEntry, indent: string): string {
  const inner = `${indent}  `;
  if (!isSimpleKey(key)) return `? ${block(key, inner)}\n${joined(`${indent}:`, block(value, inner))}`;
  const name = `${withProperties(key, onLine(key, { indent: inner, isInFlow: false, isKey: true }))}${key.kind === 'alias' ? ' ' : ''}:`;
  if (!isBlock(value)) return `${joined(name, block(value, inner))}${lineOf(key)}`;
  const properties = propertiesOf(value);
  const below = value.kind === 'sequence' ? indent : inner;
  return `${joined(name, properties)}${lineOf(key)}\n${below}${block(value, below)}`;
}

const lineOf = ({ comments }: YamlNode): string => (comments === undefined || comments.line === '' ? '' : ` ${comments.line}`);

const propertiesOf = (node: YamlNode): string =>
  node.kind === 'alias' ? '' : [node.anchor === undefined ? '' : `&${node.anchor}`, tagOf(node)].filter((part) => part !== '').join(' ');

const withProperties = (node: YamlNode, text: string): string => {
  const properties = propertiesOf(node);
  return properties === '' ? text : joined(properties, text);
};

/** A tag is only printed when it was, or when the text would mean something else without it. */
function tagOf(node: Exclude<YamlNode, { readonly kind: 'alias' }>): string {
  if (node.tag === undefined) return '';
  if (node.isTagged === true) return node.tag;
  if (node.kind !== 'scalar' || node.tag === '!!str' || node.tag === readPlain(node.text).tag)
    return node.tag === '!!merge' ? node.tag : '';
  return node.tag;
}

function onLine(node: YamlNode, place: NodePlace): string {
  switch (node.kind) {
    case 'alias':
      return `*${node.anchor}`;
    case 'scalar':
      return renderNodeScalar(node, place);
    case 'sequence':
      return `[${node.items.map((item) => inFlow(item, place)).join(', ')}]`;
    case 'mapping':
      return `{${node.entries.map((entry) => flowEntry(entry, place)).join(', ')}}`;
  }
}

const inFlow = (node: YamlNode, { indent }: NodePlace): string =>
  withProperties(node, onLine(node, { indent: `${indent}  `, isInFlow: true, isKey: false }));

function flowEntry({ key, value }: YamlEntry, { indent }: NodePlace): string {
  const isSimple = isSimpleKey(key);
  const name = withProperties(key, onLine(key, { indent: `${indent}  `, isInFlow: true, isKey: isSimple }));
  return `${isSimple ? '' : '? '}${name}: ${inFlow(value, { indent, isInFlow: true, isKey: false })}`;
}

const MAX_SIMPLE_KEY_BYTES = 128;

function isSimpleKey(key: YamlNode): boolean {
  if (key.kind === 'alias') return true;
  if (key.kind !== 'scalar') return key.kind === 'sequence' ? key.items.length === 0 : key.entries.length === 0;
  return !key.text.includes('\n') && new TextEncoder().encode(key.text).length <= MAX_SIMPLE_KEY_BYTES;
}
