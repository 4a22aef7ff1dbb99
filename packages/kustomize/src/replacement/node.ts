import { readPlain, type YamlNode, type YamlScalar } from '@gotk/apimachinery/yaml';
import { isMap, type Json } from '../resource/resource.ts';
import type { Budget } from './budget.ts';

/** A field path does not fit what it is held against, or a text what it is put into. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

/** Replacements copy texts: what is as deep as this was made by them. */
const MAX_DEPTH = 500;

export const scalar = (text: string, tag: string | undefined): YamlScalar => ({ kind: 'scalar', text, tag, style: 'plain' });

export const isNull = (node: YamlNode): boolean => node.kind === 'scalar' && node.tag === '!!null';

/** The text of a scalar; '' for what has none. */
export const textOf = (node: YamlNode): string => (node.kind === 'scalar' ? node.text : '');

/**
 * A value as the nodes that kustomize works on, which have a text and the type that it was read as. `written` is the same value in the manifest: where it still
 * means that, its text and its style count. `1.10` is 1.1, and a pattern sees the quotes around a text.
 */
export function nodeOf(value: Json, written: YamlNode | undefined): YamlNode {
  if (Array.isArray(value)) {
    const original = written?.kind === 'sequence' ? written : undefined;
    return {
      kind: 'sequence',
      tag: '!!seq',
      isFlow: original?.isFlow ?? false,
      items: value.map((item, at) => nodeOf(item, original?.items[at])),
    };
  }
  if (isMap(value)) {
    const original = written?.kind === 'mapping' ? written : undefined;
    const below = new Map(original?.entries.map((entry) => [textOf(entry.key), entry]));
    const entries = Object.entries(value).map(([key, item]) => ({
      key: { ...scalar(key, '!!str'), ...commentsOf(below.get(key)?.key) },
      value: nodeOf(item, below.get(key)?.value),
    }));
    return { kind: 'mapping', tag: '!!map', isFlow: original?.isFlow ?? false, entries };
  }
  if (written?.kind === 'scalar' && meaningOf(written) === value) {
    return { ...scalar(written.text, written.tag), style: written.style, ...commentsOf(written) };
  }
  const text = String(value);
  return scalar(text, typeof value === 'string' ? '!!str' : readPlain(text).tag);
}

const commentsOf = (node: YamlNode | undefined) => (node?.comments === undefined ? {} : { comments: node.comments });

const meaningOf = ({ text, tag }: YamlScalar): unknown => (tag === '!!str' ? text : readPlain(text).value);

/** The value that nodes mean. Throws `Mismatch` for a text that does not fit its type. */
export function jsonOf(node: YamlNode, depth = 0, isInFlow = false): Json {
  if (depth > MAX_DEPTH) throw new Mismatch(`the result is nested more deeply than ${MAX_DEPTH} levels`);
  switch (node.kind) {
    case 'sequence':
      return node.items.map((item) => jsonOf(item, depth + 1, isInFlow || node.isFlow));
    case 'mapping':
      return Object.fromEntries(node.entries.map(({ key, value }) => [textOf(key), jsonOf(value, depth + 1, isInFlow || node.isFlow)]));
    case 'scalar':
      // Between brackets, nothing has to be written as an empty text.
      return isInFlow && node.text === '' && node.tag !== '!!str' && node.style === 'plain' ? '' : scalarValue(node.text, node.tag);
    case 'alias':
      throw new Mismatch(`there is no anchor '${node.anchor}'`);
  }
}

function scalarValue(text: string, tag: string | undefined): Json {
  if (tag === '!!str') return text;
  const { tag: meant, value } = readPlain(text);
  const fits = tag === undefined || meant === tag || (tag === '!!float' && meant === '!!int');
  if (!fits || (typeof value === 'number' && !Number.isFinite(value))) throw new Mismatch(`the text is no ${tag?.slice(2) ?? 'value'}`);
  return value;
}

/** A copy that shares nothing. Throws `BuildError` when the budget is spent, `Mismatch` for what is too deep. */
export function copyOf(node: YamlNode, budget: Budget, depth = 0): YamlNode {
  if (depth > MAX_DEPTH) throw new Mismatch(`the value is nested more deeply than ${MAX_DEPTH} levels`);
  budget.spend(textOf(node));
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map((item) => copyOf(item, budget, depth + 1)) };
    case 'mapping':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({ key: copyOf(key, budget, depth + 1), value: copyOf(value, budget, depth + 1) })),
      };
    default:
      return { ...node };
  }
}
