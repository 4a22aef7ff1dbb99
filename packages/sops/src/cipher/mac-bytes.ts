import { plainDecimal } from '../go-number.ts';
import type { Leaf } from '../tree.ts';

/** What a value adds to the file's integrity code. */
export function macBytes(leaf: Leaf): Buffer {
  switch (leaf.kind) {
    case 'text':
    case 'bytes':
      return leaf.bytes;
    case 'int':
      return Buffer.from(String(leaf.value));
    case 'float':
      return Buffer.from(plainDecimal(leaf.value));
    case 'bool':
      return Buffer.from(leaf.value ? 'True' : 'False');
    case 'time':
    case 'comment':
      return Buffer.from(leaf.text);
  }
}
