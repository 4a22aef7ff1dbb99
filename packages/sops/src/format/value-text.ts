import { plainDecimal, shortDecimal } from '../go-number.ts';
import type { Node } from '../tree.ts';

/** A value in a format that has text alone; undefined for one that is not to be had as text. */
export function valueText(node: Node): string | undefined {
  switch (node.kind) {
    case 'text':
      return node.bytes.toString('utf8');
    case 'int':
    case 'bool':
      return String(node.value);
    case 'time':
      return node.text.replace(/\.\d+/, '');
    case 'float': {
      const text = shortDecimal(node.value, 'E');
      return /[.E]/.test(text) || !Number.isFinite(node.value) ? text : `${plainDecimal(node.value)}.0`;
    }
    case 'null':
      return '<nil>';
    default:
      return undefined;
  }
}
