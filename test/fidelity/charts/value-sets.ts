import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a chart is rendered with. */
export interface ValueSet {
  /** What it is there for: its first comment. */
  readonly name: string;
  readonly yaml: string;
}

const DEFAULTS: ValueSet = { name: 'defaults', yaml: '' };

/** The chart's own values alone, and with each of the documents of values/<chart>.yaml. */
export function valueSetsOf(chart: string): readonly ValueSet[] {
  const file = join(import.meta.dirname, 'values', `${chart}.yaml`);
  if (!existsSync(file)) return [DEFAULTS];
  return [
    DEFAULTS,
    ...readFileSync(file, 'utf8')
      .split(/^---\n/m)
      .map((yaml) => ({ name: nameIn(yaml, file), yaml })),
  ];
}

function nameIn(yaml: string, file: string): string {
  const [, name] = /^# (.+)\n/.exec(yaml) ?? [];
  if (name === undefined) throw new Error(`${file} has a document that does not begin with a comment that says what it is for`);
  return name;
}
