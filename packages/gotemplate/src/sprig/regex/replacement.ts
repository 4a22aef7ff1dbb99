import type { RE2JS } from 're2js';
import type { Match } from './matches.ts';

/** A text with `$1`, `${1}`, `$name` and `${name}` in it, and `$$` for a dollar. */
export type Replacement = readonly (string | { readonly group: number })[];

const REFERENCE = /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** What is no reference is text; a group that there is not is nothing. */
export function parseReplacement(template: string, expression: RE2JS): Replacement {
  const parts: (string | { readonly group: number })[] = [];
  let end = 0;
  for (const { 0: whole, 1: dollar, 2: bare, 3: braced, index } of template.matchAll(REFERENCE)) {
    parts.push(template.slice(end, index));
    parts.push(dollar ?? { group: groupOf(bare ?? braced ?? '', expression) });
    end = index + whole.length;
  }
  parts.push(template.slice(end));
  return parts;
}

function groupOf(name: string, expression: RE2JS): number {
  if (/^(0|[1-9][0-9]{0,8})$/.test(name)) return Number(name);
  const groups = expression.namedGroups();
  return Object.hasOwn(groups, name) ? (groups[name] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

export function expanded(replacement: Replacement, { group }: Match, groups: number): string {
  return replacement.map((part) => (typeof part === 'string' ? part : part.group <= groups ? (group(part.group) ?? '') : '')).join('');
}
