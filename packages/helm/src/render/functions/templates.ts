import { ANY, define, FunctionError, type GoFunction, quote, STRING, TemplateError, type TemplateSet } from '@gotk/gotemplate';
import { withoutNoValue } from '../no-value.ts';

/** How often a template may be within itself before Helm takes it for endless. */
const MAX_NESTED = 1000;

/** `include`: what a template of the set that is executing prints. Counts for one rendering, whose templates may include each other only so deeply. */
export function includeFunction(): GoFunction {
  const nested = new Map<string, number>();
  return define({ params: [STRING, ANY], result: STRING }, ([given, data], context) => {
    const name = String(given);
    const count = nested.get(name) ?? 0;
    if (count > MAX_NESTED) {
      throw new FunctionError(`rendering template has a nested reference name: ${name}: unable to execute template`);
    }
    nested.set(name, count + 1);
    try {
      return context.execute(name, data);
    } finally {
      nested.set(name, count);
    }
  });
}

/** `tpl`: what a text prints as a template of a set. What it defines, it alone knows, and the texts within it. */
export function tplFunction(parent: () => TemplateSet): GoFunction {
  return define({ params: [STRING, ANY], result: STRING }, ([given, data], { budget }) => {
    const text = String(given);
    // An empty text replaces no template of its name, and would then be the text that it is in.
    const set: TemplateSet = parent().clone(new Map([['tpl', tplFunction(() => set)]]), NAME);
    wrapped(`cannot parse template ${quote(text)}`, () => set.parse(NAME, text));
    return withoutNoValue(wrapped(`error during tpl function execution for ${quote(text)}`, () => set.execute(NAME, data, budget)));
  });
}

/** The name of the set in Helm, and therefore that of every text that has none. */
export const NAME = 'gotpl';

/** Each text quotes that of the one within it, and with each a quote gets longer. */
const MAX_MESSAGE = 1024 * 1024;

/** The text itself is in the message, as in Helm. */
function wrapped<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    throw new FunctionError(`${what}: ${error.message}`.slice(0, MAX_MESSAGE), { cause: error });
  }
}
