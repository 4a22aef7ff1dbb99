import { shortDecimal } from '../go-number.ts';
import { SopsError } from '../sops-error.ts';
import { type Branch, type Comment, type Entry, type Item, isComment, type List, type Node, type Tree } from '../tree.ts';
import { keyText, scalarText, textOf } from './yaml-scalar.ts';

/** Of SOPS. */
const INDENT = 4;

/** Documents as SOPS prints them: with an indentation of four, and the comments that were read. Throws `SopsError`. */
export const writeYamlTree = (tree: Tree): string => tree.map((document) => `${rootText(document)}\n`).join('---\n');

function rootText(document: Branch): string {
  const comments = document.items.filter(isComment);
  return isFilled(document) ? branchText(document, '') : [...noted(comments, ''), '{}'].join('\n');
}

interface Groups<Entry> {
  /** Before the first one: of the collection. */
  readonly above: readonly Comment[];
  readonly entries: readonly { readonly entry: Entry; readonly head: readonly Comment[]; readonly line: readonly Comment[] }[];
  readonly below: readonly Comment[];
}

/** Comments with what they are about: the value that follows. */
function groupsOf<Entry>(items: readonly (Entry | Comment)[]): Groups<Exclude<Entry, Comment>> {
  type Own = Exclude<Entry, Comment>;
  let above: readonly Comment[] = [];
  let waiting: Comment[] = [];
  const entries: { readonly entry: Own; readonly head: readonly Comment[]; readonly line: readonly Comment[] }[] = [];
  for (const item of items) {
    if (isNote(item)) {
      waiting.push(item);
      continue;
    }
    const head = waiting.filter(({ isInline }) => !isInline);
    if (entries.length === 0) above = head;
    entries.push({ entry: item as Own, head: entries.length === 0 ? [] : head, line: waiting.filter(({ isInline }) => isInline) });
    waiting = [];
  }
  const below = [...waiting.filter(({ isInline }) => !isInline), ...waiting.filter(({ isInline }) => isInline)];
  return { above, entries, below };
}

const isNote = (item: unknown): item is Comment => typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'comment';

const noted = (comments: readonly Comment[], indent: string): readonly string[] => comments.map(({ text }) => `${indent}#${text}`);
const behind = (comments: readonly Comment[]): string =>
  comments.length === 0 ? '' : ` ${comments.map(({ text }) => `#${text}`).join('\n')}`;

/** The lines of a mapping; the first one begins where the cursor is. */
function branchText({ items }: Branch, indent: string): string {
  const { above, entries, below } = groupsOf<Item>(items);
  const lines = [
    ...noted(above, indent),
    ...entries.flatMap(({ entry, head, line }) => (isComment(entry) ? [] : [...noted(head, indent), entryText(entry, indent, line)])),
    ...noted(below, indent),
  ];
  return lines.join('\n').slice(indent.length);
}

function entryText({ key, value }: Entry, indent: string, line: readonly Comment[]): string {
  const inner = indent + ' '.repeat(INDENT);
  const name = `${indent}${keyText(key)}:`;
  if (isFilled(value)) return `${name}${behind(line)}\n${inner}${collectionText(value, inner)}`;
  return `${name} ${valueText(value, inner, line)}`;
}

function listText({ items }: List, indent: string): string {
  const { above, entries, below } = groupsOf<Node>(items);
  const inner = `${indent}  `;
  const lines = [
    ...noted(above, indent),
    ...entries.flatMap(({ entry, head, line }) => [
      ...noted(head, indent),
      `${indent}- ${isFilled(entry) ? collectionText(entry, inner) : valueText(entry, inner, line)}`,
    ]),
    ...noted(below, indent),
  ];
  return lines.join('\n').slice(indent.length);
}

const collectionText = (value: Branch | List, indent: string): string =>
  value.kind === 'branch' ? branchText(value, indent) : listText(value, indent);

const isFilled = (value: Node): value is Branch | List =>
  (value.kind === 'branch' && value.items.some((item) => !isComment(item))) ||
  (value.kind === 'list' && value.items.some(({ kind }) => kind !== 'comment'));

function valueText(value: Node, indent: string, line: readonly Comment[]): string {
  switch (value.kind) {
    case 'branch':
      return `{}${behind(line)}`;
    case 'list':
      return `[]${behind(line)}`;
    case 'null':
      return `null${behind(line)}`;
    case 'text':
      return scalarText(textOf(value), { indent, behind: behind(line) });
    case 'int':
    case 'bool':
      return `${value.value}${behind(line)}`;
    case 'float':
      return `${floatText(value.value)}${behind(line)}`;
    case 'time':
      return `${value.text}${behind(line)}`;
    default:
      throw new SopsError('malformed', `a value is of type ${value.kind}, which has no form in YAML`);
  }
}

const floatText = (value: number): string =>
  Number.isNaN(value) ? '.nan' : Number.isFinite(value) ? shortDecimal(value, 'e') : value > 0 ? '.inf' : '-.inf';
