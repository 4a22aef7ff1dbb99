import { htmlSafe } from '@gotk/apimachinery';
/** JSON as Go's encoding/json prints it: keys in the order of their bytes, and what HTML might misunderstand escaped. `indent` is empty for one line. */
export const renderGoJson = (value: unknown, indent: string): string => render(value, { indent, newLine: indent === '' ? '' : '\n' });

interface Layout {
  readonly indent: string;
  /** With the indentation of the line that is to come. */
  readonly newLine: string;
}

function render(value: unknown, layout: Layout): string {
  if (Array.isArray(value))
    return collection(
      '[]',
      value.map((item) => render(item, below(layout))),
      layout,
    );
  if (typeof value === 'object' && value !== null) {
    const colon = layout.indent === '' ? ':' : ': ';
    const fields = Object.entries(value)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([key, item]) => `${text(key)}${colon}${render(item, below(layout))}`);
    return collection('{}', fields, layout);
  }
  return typeof value === 'string' ? text(value) : typeof value === 'bigint' ? String(value) : JSON.stringify(value ?? null);
}

const below = ({ indent, newLine }: Layout): Layout => ({ indent, newLine: newLine + indent });

function collection([open = '', close = '']: string, items: readonly string[], layout: Layout): string {
  if (items.length === 0) return open + close;
  const inner = below(layout).newLine;
  return `${open}${inner}${items.join(`,${inner}`)}${layout.newLine}${close}`;
}

const text = (value: string): string => htmlSafe(JSON.stringify(value.toWellFormed()));
