import { htmlSafe } from '@gotk/apimachinery';
import { SopsError } from '../sops-error.ts';
import { type Branch, entriesOf, type Node } from '../tree.ts';

/** An object as SOPS prints it: indented by tabs, without comments, for which JSON has no place. */
export const writeJson = (branch: Branch): string => `${written(branch, '')}\n`;

function written(node: Node, indent: string): string {
  const inner = `${indent}\t`;
  switch (node.kind) {
    case 'branch': {
      const lines = entriesOf(node).map(({ key, value }) => `${inner}${quoted(key)}: ${written(value, inner)}`);
      return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
    }
    case 'list': {
      const lines = node.items.filter(({ kind }) => kind !== 'comment').map((item) => `${inner}${written(item, inner)}`);
      return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n${indent}]`;
    }
    case 'null':
      return 'null';
    case 'text':
      return quoted(node.bytes.toString('utf8'));
    case 'bytes':
      return quoted(node.bytes.toString('base64'));
    case 'time':
      return quoted(node.text);
    case 'int':
    case 'bool':
      return String(node.value);
    case 'float':
      if (!Number.isFinite(node.value)) throw new SopsError('malformed', 'JSON has no form for infinity and not-a-number');
      return Object.is(node.value, -0) ? '-0' : String(node.value);
    case 'comment':
      throw new SopsError('malformed', 'a value is a comment, for which JSON has no place');
  }
}

/** Go escapes what would mean something in HTML or JavaScript. */
const quoted = (text: string): string => htmlSafe(JSON.stringify(text));
