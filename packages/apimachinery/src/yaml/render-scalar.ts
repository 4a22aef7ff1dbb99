import { needsQuotes } from './schema.ts';

export interface ScalarPlace {
  /** Of the lines that follow the first one. */
  readonly indent: number;
  /** Where the first line begins. */
  readonly column: number;
  /** A key on one line with its value is never folded. */
  readonly isKey?: boolean;
}

/** go-yaml folds what is longer, where there is a space. */
const WIDTH = 80;

/** Nothing in it means anything to YAML: most of what is rendered is like this. */
const isSimple = (text: string): boolean => /^[a-zA-Z/][\w./-]*$/.test(text) && (text.length > 5 || !needsQuotes(text));

/**
 * A text in the first of go-yaml 2's styles that keeps it: a literal block when it has lines, plain, in single quotes, in double quotes.
 */
export function renderScalar(text: string, place: ScalarPlace): string {
  if (isSimple(text)) return text;
  const allowed = stylesFor(text);
  if (text.includes('\n')) return allowed.literal && place.isKey !== true ? literal(text, place.indent) : doubleQuoted(text, place);
  if (needsQuotes(text)) return doubleQuoted(text, place);
  if (allowed.plain) return fold(text, place);
  return allowed.singleQuoted
    ? `'${fold(text.replaceAll("'", "''"), { ...place, column: place.column + 1, isQuoted: true })}'`
    : doubleQuoted(text, place);
}

interface Styles {
  readonly plain: boolean;
  readonly singleQuoted: boolean;
  readonly literal: boolean;
}

/**
 * What libyaml prints as it is: nothing beyond the basic plane, so that emoji are escaped. Its odder line breaks we escape too, and read
 * back safely.
 */
export const UNPRINTABLE = /[^\n\x20-\x7E\u00A0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]/;

function stylesFor(text: string): Styles {
  const hasSpecial = UNPRINTABLE.test(text);
  return {
    plain: !(hasSpecial || /\n|^ | $/.test(text) || hasIndicator(text)),
    singleQuoted: !(hasSpecial || / \n|\n /.test(text)),
    literal: !(hasSpecial || / (?:\n|$)/.test(text)),
  };
}

/** Whether a plain scalar of this text would be read as something else in block style. */
export const hasIndicator = (text: string): boolean =>
  /^(?:---|\.\.\.)/.test(text) ||
  /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
  /^[?:-](?:[ \t]|$)/.test(text) ||
  /:(?:[ \t]|$)/.test(text) ||
  /[ \t]#/.test(text);

function literal(text: string, indent: number): string {
  const indentation = /^[ \n]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n');
  return `|${indentation}${chomping}\n${body}`;
}

interface FoldPlace extends ScalarPlace {
  /** Then the first and the last character stay where they are. */
  readonly isQuoted?: boolean;
}

/** Breaks lines at single spaces behind the width. */
function fold(text: string, { indent, column, isKey, isQuoted }: FoldPlace): string {
  if (isKey === true || column + text.length <= WIDTH) return text;
  const characters = [...text];
  const parts: string[] = [];
  let at = column;
  characters.forEach((character, index) => {
    const isSingle = character === ' ' && characters[index - 1] !== ' ' && characters[index + 1] !== ' ';
    const isEdge = isQuoted === true && (index === 0 || index === characters.length - 1);
    if (isSingle && !isEdge && at > WIDTH) {
      parts.push(`\n${' '.repeat(indent)}`);
      at = indent;
    } else {
      parts.push(character);
      at += 1;
    }
  });
  return parts.join('');
}

export function doubleQuoted(text: string, { indent, column, isKey }: ScalarPlace): string {
  const characters = [...text];
  // libyaml looks for a byte order mark at the start of the text, whatever character it is at.
  const isMarked = text.startsWith('\uFEFF');
  let [at, isBehindSpace] = [column + 1, false];
  const parts = characters.map((character, index) => {
    if (character === ' ' && !isMarked) {
      const breaks = isKey !== true && !isBehindSpace && at > WIDTH && index > 0 && index < characters.length - 1;
      isBehindSpace = true;
      if (!breaks) {
        at += 1;
        return ' ';
      }
      const mark = characters[index + 1] === ' ' ? '\\' : '';
      at = indent + mark.length;
      return `\n${' '.repeat(indent)}${mark}`;
    }
    isBehindSpace = false;
    const shown = escaped(character, isMarked);
    at += shown.length;
    return shown;
  });
  return `"${parts.join('')}"`;
}

const SHORT: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
};

function escaped(character: string, isMarked: boolean): string {
  const short = SHORT[character];
  if (short !== undefined) return `\\${short}`;
  if (!isMarked && !UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
