import type { TemplateError } from '../template-error.ts';
import { type Delimiters, tokensOf } from './lexer.ts';
import type { Tree } from './node.ts';
import { Parser } from './parser.ts';
import { TokenStream } from './token-stream.ts';

export interface ParseOptions {
  /** Which functions the template may call. */
  readonly isFunction: (name: string) => boolean;
  readonly delimiters?: Delimiters;
  /** How deeply parentheses and control structures may be within each other; 500. */
  readonly maxNesting?: number;
}

/** What a text defines: itself, and the templates in it. Nothing in it changes: it can be kept and executed as often as one likes. */
export interface ParsedTemplate {
  readonly name: string;
  readonly trees: ReadonlyMap<string, Tree>;
}

/** What the parser calls when it gives up; the message has the name and the line of the template. */
export type ParseFailure = TemplateError;

/** Reads a text as Go's `text/template` does. Takes time in proportion to it. Throws `TemplateError`. */
export function parseTemplate(name: string, text: string, options: ParseOptions): ParsedTemplate {
  const { isFunction, delimiters = { left: '{{', right: '}}' }, maxNesting = 500 } = options;
  const tokens = tokensOf(text, { delimiters, isFunction });
  return { name, trees: new Parser(new TokenStream(name, tokens), { name, text, isFunction, maxNesting }).run() };
}
