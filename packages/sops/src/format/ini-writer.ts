import { SopsError } from '../sops-error.ts';
import { type Branch, entriesOf, type Item, isComment } from '../tree.ts';
import { valueText } from './value-text.ts';

const DEFAULT_SECTION = 'DEFAULT';

interface Line {
  readonly name: string;
  readonly value: string;
  note: string;
}

/** As gopkg.in/ini.v1 writes it for SOPS: equals signs below each other, an empty line between sections. Throws `SopsError`. */
export function writeIni(document: Branch): string {
  const sections = entriesOf(document);
  return sections
    .map(({ key, value }, index) => {
      if (value.kind !== 'branch') throw new SopsError('malformed', `'${key.slice(0, 100)}' is no section`);
      const text = sectionText(key, value, index);
      return index === sections.length - 1 || text === undefined ? (text ?? '') : `${text}\n`;
    })
    .join('');
}

function sectionText(name: string, { items }: Branch, index: number): string | undefined {
  const [first, ...others] = items;
  const hasNote = first !== undefined && isComment(first);
  const entries = linesOf(hasNote ? others : items);
  const head = hasNote ? noteLines(first.text, (line) => line) : '';
  const isDefault = index === 0 && name.toUpperCase() === DEFAULT_SECTION;
  if (isDefault && entries.length === 0) return undefined;
  const width = Math.max(0, ...entries.map((entry) => Buffer.byteLength(nameText(entry.name))));
  const lines = entries.map((entry) => {
    const shown = nameText(entry.name);
    const padding = ' '.repeat(width - Buffer.byteLength(shown));
    return `${noteLines(entry.note, (line) => line.trim())}${shown}${padding} = ${valueForm(entry.value)}\n`;
  });
  return `${head}${isDefault ? '' : `[${name}]\n`}${lines.join('')}`;
}

/** A comment belongs to the key in front of it; of several the last one is kept. */
function linesOf(items: readonly Item[]): readonly Line[] {
  const entries: Line[] = [];
  for (const item of items) {
    const last = entries.at(-1);
    if (!isComment(item)) {
      const value = valueText(item.value);
      if (value === undefined) throw new SopsError('malformed', `'${item.key.slice(0, 100)}' holds what an INI file cannot`);
      entries.push({ name: item.key, value, note: '' });
    } else if (last !== undefined) last.note = item.text;
  }
  return entries;
}

function noteLines(note: string, shown: (line: string) => string): string {
  if (note === '') return '';
  const line = (text: string) => (/^[#;]/.test(text) ? `${text[0]} ${text.slice(1).trim()}` : `; ${shown(text)}`);
  return note
    .split('\n')
    .map((text) => `${line(text)}\n`)
    .join('');
}

const nameText = (name: string): string => (/["=:]/.test(name) ? `\`${name}\`` : name.includes('`') ? `"""${name}"""` : name);

function valueForm(value: string): string {
  if (/[\n`]/.test(value)) return `"""${value}"""`;
  if (/[#;]/.test(value)) return `\`${value}\``;
  return value.trim() === value ? value : `"${value}"`;
}
