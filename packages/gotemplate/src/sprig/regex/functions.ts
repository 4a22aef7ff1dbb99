import type { RE2JS } from 're2js';
import { backquote, quote } from '../../format/quote.ts';
import { FunctionError } from '../../value/function.ts';
import { type CallContext, type GoFunction, Typed } from '../../value/model.ts';
import { BOOL, STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, int, text } from '../signature.ts';
import { STRINGS } from '../text/text-of.ts';
import { Expressions, InvalidExpression } from './compiled.ts';
import { type Match, matchesOf } from './matches.ts';
import { expanded, parseReplacement } from './replacement.ts';

type Compile = (expression: string, context: CallContext) => RE2JS;

/** Regular expressions of RE2, as Go has them: the time they take grows with the text, whatever they say. */
export function regexFunctions(): FunctionMap {
  const expressions = new Expressions();
  const compile: Compile = (expression, context) => expressions.compile(expression, context);
  const compileOrPanic: Compile = (expression, context) =>
    withRefusal(
      () => compile(expression, context),
      ({ message }) => {
        throw new FunctionError(`regexp: Compile(${backquote(expression) ?? quote(expression)}): ${message}`);
      },
    );
  const matches = fixed([text, text], BOOL, ([expression, given], context) => isMatch(compile(expression, context), given, context));
  return new Map([
    [
      'regexMatch',
      fixed([text, text], BOOL, ([expression, given], context) =>
        withRefusal(
          () => isMatch(compile(expression, context), given, context),
          () => false,
        ),
      ),
    ],
    ['mustRegexMatch', matches],
    ...Object.entries(usesOf(compileOrPanic)).map(([use, callee]) => [`regex${use}`, callee] as const),
    ...Object.entries(usesOf(compile)).map(([use, callee]) => [`mustRegex${use}`, callee] as const),
    ['regexQuoteMeta', fixed([text], STRING, ([given], { make }) => escaped(given, make))],
  ]);
}

function withRefusal<T>(work: () => T, refused: (thrown: InvalidExpression) => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof InvalidExpression) return refused(thrown);
    throw thrown;
  }
}

function isMatch(expression: RE2JS, given: string, context: CallContext): boolean {
  return matchesOf(expression, given, { limit: 1, ...context }).next().done !== true;
}

function usesOf(compile: Compile): Readonly<Record<string, GoFunction>> {
  return {
    Find: fixed([text, text], STRING, ([expression, given], context) => {
      const [first] = matchesOf(compile(expression, context), given, { limit: 1, ...context });
      return first === undefined ? '' : given.slice(first.start, first.end);
    }),
    FindAll: fixed([text, text, int], STRINGS, ([expression, given, limit], context) => {
      const found = Array.from(matchesOf(compile(expression, context), given, { limit: limitOf(limit), ...context }), ({ start, end }) =>
        given.slice(start, end),
      );
      return new Typed(STRINGS, found.length === 0 ? null : found);
    }),
    ReplaceAll: fixed([text, text, text], STRING, ([expression, given, template], context) => {
      const compiled = compile(expression, context);
      const replacement = parseReplacement(template, compiled);
      return replaced(compiled, given, { by: (match) => expanded(replacement, match, compiled.groupCount()), context });
    }),
    ReplaceAllLiteral: fixed([text, text, text], STRING, ([expression, given, literal], context) =>
      replaced(compile(expression, context), given, { by: () => literal, context }),
    ),
    Split: fixed([text, text, int], STRINGS, ([expression, given, limit], context) => {
      const compiled = compile(expression, context);
      return new Typed(STRINGS, limit === 0n ? null : split(compiled, given, { limit: limitOf(limit), context }));
    }),
  };
}

/** Below 0, there is none. */
const limitOf = (limit: bigint): number => (limit < 0n ? Number.POSITIVE_INFINITY : Number(limit));

function replaced(
  expression: RE2JS,
  given: string,
  { by, context }: { readonly by: (match: Match) => string; readonly context: CallContext },
): string {
  const parts: string[] = [];
  let end = 0;
  const put = (part: string): void => {
    context.make(part.length);
    parts.push(part);
  };
  for (const match of matchesOf(expression, given, context)) {
    put(given.slice(end, match.start));
    put(by(match));
    end = match.end;
  }
  put(given.slice(end));
  return parts.join('');
}

/** What is between matches; the last part has the rest. An empty match at the very beginning separates nothing. */
function split(
  expression: RE2JS,
  given: string,
  { limit, context }: { readonly limit: number; readonly context: CallContext },
): readonly string[] {
  if (given === '' && expression.pattern() !== '') return [''];
  const parts: string[] = [];
  let [begin, end] = [0, 0];
  for (const match of matchesOf(expression, given, { limit, ...context })) {
    if (parts.length === limit - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(given.slice(begin, end));
    begin = match.end;
  }
  if (end !== given.length) parts.push(given.slice(begin));
  return parts;
}

function escaped(given: string, make: CallContext['make']): string {
  make(given.length * 2);
  return given.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
