import { needsQuotes, renderNodeScalar, type YamlScalarStyle } from '@gotk/apimachinery/yaml';
import type { TextLeaf } from '../tree.ts';

export interface ScalarText {
  readonly text: string;
  /** Whether it stands for bytes, in base64. */
  readonly isBinary: boolean;
}

/** What is not UTF-8 goes into YAML as base64. */
export function textOf({ bytes }: TextLeaf): ScalarText {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { text, isBinary: false } : { text: bytes.toString('base64'), isBinary: true };
}

/** A text as go-yaml 3 prints it for SOPS: a block when it has lines, plain, or in quotes. */
export function scalarText(
  { text, isBinary }: ScalarText,
  { indent, behind }: { readonly indent: string; readonly behind: string },
): string {
  if (isBinary) return `!!binary ${text}${behind}`;
  const scalar = rendered(text, { isKey: false });
  if (!scalar.startsWith('|')) return `${scalar}${behind}`;
  const hint = /^[ \n]/.test(text) ? '4' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return [`|${hint}${chomping}${behind}`, ...lines.map((line) => (line === '' ? '' : `${indent}${line}`))].join('\n');
}

/** A merge key is one again, as SOPS has it. */
export const keyText = (key: string): string => (key === '<<' ? '!!merge <<' : rendered(key, { isKey: true }));

function rendered(text: string, { isKey }: { readonly isKey: boolean }): string {
  const style: YamlScalarStyle = text.includes('\n') ? 'literal' : needsQuotes(text) ? 'double' : 'plain';
  return renderNodeScalar({ kind: 'scalar', text, style, tag: '!!str' }, { indent: '', isInFlow: false, isKey });
}
