import type { YamlScalar, YamlScalarStyle } from './node.ts';
import { doubleQuoted, hasIndicator, UNPRINTABLE } from './render-scalar.ts';
import { readPlain } from './schema.ts';

export interface NodePlace {
  /** Of the lines that follow the first one. */
  readonly indent: string;
  readonly isInFlow: boolean;
  readonly isKey: boolean;
}

/** A scalar in the style that it has, or in the next one of go-yaml 3's that keeps its text. */
export function renderNodeScalar(node: YamlScalar, place: NodePlace): string {
  const { text } = node;
  switch (possibleStyle(node, place)) {
    case 'plain':
      return text;
    case 'single':
      return `'${text.replaceAll("'", "''").replaceAll(/\n+/g, (breaks) => `\n${breaks}${place.indent}`)}'`;
    case 'double':
      return doubleQuoted(text, { indent: 0, column: 0, isKey: true });
    case 'literal':
      return blockScalar('|', text, { indent: place.indent, lines: linesOf(text) });
    case 'folded':
      return blockScalar('>', text, { indent: place.indent, lines: linesOf(unfolded(text)) });
  }
}

function possibleStyle(node: YamlScalar, { isInFlow, isKey }: NodePlace): YamlScalarStyle {
  const { text } = node;
  const isUnprintable = UNPRINTABLE.test(text.replaceAll('\t', ''));
  let style = preferredStyle(node);
  if (style === 'plain') {
    const isEmpty = text === '' && (isInFlow || isKey);
    const isOther = /[\n\t]|^ | $/.test(text) || hasIndicator(text) || (isInFlow && /[,?[\]{}:]/.test(text));
    if (isEmpty || isOther || isUnprintable) style = 'single';
  }
  if (style === 'single' && (isUnprintable || /\t| \n|\n /.test(text))) return 'double';
  const isBlock = style === 'literal' || style === 'folded';
  if (isBlock && (text === '' || isUnprintable || isInFlow || isKey || / (?:\n|$)/.test(text))) return 'double';
  return style;
}

function preferredStyle({ text, style, tag, isTagged }: YamlScalar): YamlScalarStyle {
  if (style !== 'plain') return style;
  if (text.includes('\n')) return 'literal';
  return tag === '!!str' && isTagged !== true && readPlain(text).tag !== '!!str' ? 'double' : 'plain';
}

/** What is between line breaks, without the last break: the next line of the document brings it. */
const linesOf = (text: string): readonly string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

/** A line break that is to be kept is written twice. */
const unfolded = (text: string): string =>
  /^\n*(?:[ \t]|$)/.test(text) ? text : text.replaceAll(/^([^ \t\n].*)\n/gm, (_, line: string) => `${line}\n\n`);

function blockScalar(
  mark: string,
  text: string,
  { indent, lines }: { readonly indent: string; readonly lines: readonly string[] },
): string {
  const indentation = /^[ \n]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const inner = indent === '' ? '  ' : indent;
  return [`${mark}${indentation}${chomping}`, ...lines.map((line) => (line === '' ? '' : inner + line))].join('\n');
}
