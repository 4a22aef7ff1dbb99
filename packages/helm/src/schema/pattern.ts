import { RE2JS, RE2JSException } from 're2js';
import { InvalidSchema, SchemaTooLarge } from './schema-error.ts';

/** An expression of RE2, Go's, which takes time in proportion to the text, whatever it says. */
export interface Pattern {
  readonly text: string;
  matches(value: string): boolean;
}

const MAX_CHARACTERS = 10_000;
/** Repetitions of repetitions grow while they are compiled. */
const MAX_INSTRUCTIONS = 50_000;

/** Throws `InvalidSchema`, or `SchemaTooLarge`. */
export function compilePattern(text: string, place: string): Pattern {
  if (text.length > MAX_CHARACTERS) throw new SchemaTooLarge(`the pattern at ${place} is longer than ${MAX_CHARACTERS} characters`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new InvalidSchema(`invalid regex ${JSON.stringify(text)} at ${JSON.stringify(place)}: ${error.message}`, { cause: error });
  }
  if (compiled.programSize() > MAX_INSTRUCTIONS)
    throw new SchemaTooLarge(`the pattern at ${place} has more than ${MAX_INSTRUCTIONS} steps`);
  return { text, matches: (value) => compiled.matcher(value).find() };
}
