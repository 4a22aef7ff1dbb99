import { type Branch, comment, type Item, textLeaf } from '../tree.ts';
import { Budget } from './budget.ts';
import { IniLines } from './ini-lines.ts';

/** The section of what stands above the first one. */
const DEFAULT_SECTION = 'DEFAULT';

interface Section {
  readonly name: string;
  readonly note: string;
  /** By their names: of several values the last one counts, in the place of the first. */
  readonly keys: Map<string, { readonly value: string; readonly note: string }>;
}

/** An INI file as gopkg.in/ini.v1 reads it for SOPS. Throws `SopsError` that names the line and does not quote it. */
export function readIni(text: string, maxNodes: number): Branch {
  const budget = new Budget(maxNodes);
  const lines = new IniLines(text.replace(/^\ufeff/, ''));
  const sections: Section[] = [{ name: DEFAULT_SECTION, note: '', keys: new Map() }];
  let unnamed = 1;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const content = line.trimStart();
    if (content === '') continue;
    budget.spend();
    if (/^[#;]/.test(content)) lines.note(content);
    else if (content.startsWith('[')) {
      sections.push(sectionOf(content, lines));
      unnamed = 1;
    } else {
      const { name, rest } = keyOf(content, lines);
      const key = name === '-' ? `#${unnamed++}` : name;
      const value = lines.value(rest);
      const { keys } = sections.at(-1) ?? { keys: new Map() };
      if (key === '') throw lines.broken('has no key');
      keys.set(key, { value, note: lines.takeNote() });
    }
  }
  return { kind: 'branch', items: sections.map((section) => ({ key: section.name, value: branchOf(section) })) };
}

function sectionOf(content: string, lines: IniLines): Section {
  const end = content.lastIndexOf(']');
  if (end < 0) throw lines.broken('opens a section and does not close it');
  const name = content.slice(1, end);
  if (name === '') throw lines.broken('has a section without a name');
  const behind = content.slice(end + 1);
  const mark = behind.search(/[#;]/);
  if (mark >= 0) lines.note(behind.slice(mark));
  return { name, note: lines.takeNote(), keys: new Map() };
}

function keyOf(content: string, lines: IniLines): { readonly name: string; readonly rest: string } {
  const quote =
    content.length > 6 && content.startsWith('"""') ? '"""' : content.startsWith('"') ? '"' : content.startsWith('`') ? '`' : '';
  const close = quote === '' ? 0 : content.indexOf(quote, quote.length);
  if (close < 0) throw lines.broken('has a quote that is not closed');
  const from = quote === '' ? 0 : close + quote.length;
  const delimiter = content.slice(from).search(/[=:]/);
  if (delimiter < 0) throw lines.broken("has no '='");
  if (quote === '' && delimiter === 0) throw lines.broken('has no key');
  const name = quote === '' ? content.slice(0, delimiter) : content.slice(quote.length, close);
  return { name: name.trim(), rest: content.slice(from + delimiter + 1) };
}

function branchOf({ note, keys }: Section): Branch {
  const noted = (text: string): readonly Item[] => (text === '' ? [] : [comment(withoutMark(text))]);
  const items = [...keys].flatMap(([key, { value, note: own }]): readonly Item[] => [{ key, value: textLeaf(value) }, ...noted(own)]);
  return { kind: 'branch', items: [...noted(note), ...items] };
}

const withoutMark = (text: string): string =>
  text.startsWith(';') ? text.replace(/^[; ]+/, '') : text.startsWith('#') ? text.replace(/^[# ]+/, '') : text;
