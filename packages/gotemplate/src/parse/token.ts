import { quote } from '../format/quote.ts';
import { byteLength } from '../value/bytes.ts';

export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'dot'
  | Keyword;

export type Keyword = 'block' | 'break' | 'continue' | 'define' | 'else' | 'end' | 'if' | 'nil' | 'range' | 'template' | 'with';

export const KEYWORDS: ReadonlySet<string> = new Set<Keyword>([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
]);

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the template; of an error what it says. */
  readonly text: string;
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
  /** The line in which it begins, from 1. */
  readonly line: number;
}

/** As an error message shows it. */
export function describe({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF';
  if (kind === 'error') return text;
  if (kind === 'dot' || KEYWORDS.has(kind)) return `<${text}>`;
  return byteLength(text) > 10 ? `${quote([...text].slice(0, 10).join(''))}...` : quote(text);
}
