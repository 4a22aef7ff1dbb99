import { parsePlainJson } from '@gotk/apimachinery';
import { invalid } from './settable.ts';

export interface FirstJson {
  readonly value: unknown;
  /** How many characters it took. */
  readonly length: number;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![.eE])/y;

/** The JSON value with which a text begins. Throws `HelmError` when there is none. */
export function firstJson(text: string): FirstJson {
  const start = text.length - text.replace(/^[ \t\r\n]+/, '').length;
  const end = endOfValue(text, start);
  try {
    if (end === undefined) throw new SyntaxError('unexpected end of JSON input');
    return { value: parseFinite(text.slice(start, end)), length: [...text.slice(0, end)].length };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(error.message, error);
  }
}

/** A JSON text whose numbers a float64 can hold, as Go wants them. Throws `SyntaxError`. */
export function parseFinite(text: string): unknown {
  const value = parsePlainJson(text);
  if (!hasOnlyFinite(value)) throw new SyntaxError('a number is too large');
  return value;
}

function hasOnlyFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasOnlyFinite);
}

function endOfValue(text: string, start: number): number | undefined {
  const first = text.charAt(start);
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfBrackets(text, start);
  const word = ['true', 'false', 'null'].find((literal) => text.startsWith(literal, start));
  if (word !== undefined) return start + word.length;
  NUMBER.lastIndex = start;
  return NUMBER.test(text) ? NUMBER.lastIndex : undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

function endOfBrackets(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = (endOfString(text, at) ?? text.length) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}
