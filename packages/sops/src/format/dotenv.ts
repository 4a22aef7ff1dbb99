import { SopsError } from '../sops-error.ts';
import { type Branch, comment, type Item, isComment, type Node, textLeaf } from '../tree.ts';
import { Budget } from './budget.ts';
import { valueText } from './value-text.ts';

/** `KEY=value` lines, with `\n` for a line break in a value. Throws `SopsError` that names the line and does not quote it. */
export function readDotenv(text: string, maxNodes: number): Branch {
  const budget = new Budget(maxNodes);
  const items = text.split('\n').flatMap((line, index): readonly Item[] => {
    if (line === '') return [];
    budget.spend();
    if (line.startsWith('#')) return [comment(line.slice(1))];
    const end = line.indexOf('=');
    if (end < 0) throw new SopsError('malformed', `line ${index + 1} has no '='`);
    return [{ key: line.slice(0, end), value: textLeaf(line.slice(end + 1).replaceAll('\\n', '\n')) }];
  });
  return { kind: 'branch', items };
}

/** The inverse. Throws `SopsError` for what holds other values. */
export const writeDotenv = ({ items }: Branch): string =>
  items.map((item) => (isComment(item) ? `#${item.text}\n` : `${item.key}=${lineOf(item.value, item.key)}\n`)).join('');

function lineOf(value: Node, key: string): string {
  if (value.kind === 'text') return value.bytes.toString('utf8').replaceAll('\n', '\\n');
  const text = valueText(value);
  if (text === undefined) throw new SopsError('malformed', `'${key.slice(0, 100)}' holds what a dotenv file cannot`);
  return text;
}
