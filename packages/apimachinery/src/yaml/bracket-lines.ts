import { YAMLException } from 'js-yaml';
import { MAX_DEPTH } from './events.ts';

/** In characters: each line to indent makes the text be read once more. */
const MAX_REREAD = 4 * 1024 * 1024;
/** Deeper than what brackets may be in. */
const DEEP = ' '.repeat(2 * MAX_DEPTH);

/**
 * Reads a text in which lines within brackets may begin anywhere, as go-yaml has it: the parser wants them behind what the brackets belong to, and gets them there.
 * Throws what `read` throws, with the place that it has in the text.
 */
export function readWithBracketLines<Result>(text: string, read: (text: string) => Result): Result {
  let source = text;
  const indented = new Set<number>();
  for (let reread = 0; ; reread += source.length) {
    try {
      return read(source);
    } catch (error) {
      const start = reread < MAX_REREAD ? lineToIndent(source, error) : undefined;
      if (start === undefined) throw asWritten(error, indented);
      if (error instanceof YAMLException && error.mark !== undefined) indented.add(error.mark.line);
      source = source.slice(0, start) + DEEP + source.slice(start);
    }
  }
}

/** The error, with the column that the author sees. */
function asWritten(error: unknown, indented: ReadonlySet<number>): unknown {
  if (!(error instanceof YAMLException) || error.mark === undefined || !indented.has(error.mark.line)) return error;
  return new YAMLException(error.reason, { ...error.mark, column: Math.max(0, error.mark.column - DEEP.length) });
}

function lineToIndent(source: string, error: unknown): number | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation' || error.mark === undefined) return undefined;
  return source.lastIndexOf('\n', error.mark.position - 1) + 1;
}
