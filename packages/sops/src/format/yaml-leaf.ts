import { readPlain, type YamlNode } from '@gotk/apimachinery/yaml';
import { isInt64 } from '../go-number.ts';
import { SopsError } from '../sops-error.ts';
import { type Node, textLeaf } from '../tree.ts';

/** What a scalar means to go-yaml 3; one whose tag does not fit means nothing. Throws `SopsError` for integers of more than 64 bits. */
export function leafOf(node: YamlNode): Node {
  if (node.kind !== 'scalar') return { kind: 'null' };
  const { text, tag = '!!str' } = node;
  if (tag === '!!binary') return { kind: 'text', bytes: Buffer.from(text, 'base64') };
  if (!['!!int', '!!float', '!!bool', '!!null', '!!timestamp'].includes(tag)) return textLeaf(text);
  const plain = readPlain(text);
  const isInteger = plain.tag === '!!int' && tag === '!!float';
  if (plain.tag !== tag && !isInteger) return { kind: 'null' };
  switch (tag) {
    case '!!int':
      return intOf(BigInt(plain.value ?? 0));
    case '!!float':
      return { kind: 'float', value: /^-\.inf$/i.test(text) ? Number.NEGATIVE_INFINITY : Number(plain.value) };
    case '!!bool':
      return { kind: 'bool', value: plain.value === true };
    case '!!timestamp':
      return { kind: 'time', text: String(plain.value) };
    default:
      return { kind: 'null' };
  }
}

function intOf(value: bigint): Node {
  if (!isInt64(value)) throw new SopsError('malformed', 'it has an integer of more than 64 bits');
  return { kind: 'int', value };
}
