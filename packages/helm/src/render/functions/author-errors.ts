import { ANY, define, FunctionError, type GoFunction, STRING } from '@gotk/gotemplate';

const START = 'HELM_ERR_START';
const END = 'HELM_ERR_END';

const authorError = (message: string): FunctionError => new FunctionError(`${START}${message}${END}`);

/** What the chart's author says in an error, among all that Go says around it. */
export function authorMessage(message: string): string | undefined {
  const start = message.indexOf(START);
  const end = message.lastIndexOf(END);
  return start < 0 || end < start + START.length ? undefined : message.slice(start + START.length, end);
}

/** With which a chart refuses to be rendered: their messages stand alone. */
export const AUTHOR_ERRORS: ReadonlyMap<string, GoFunction> = new Map([
  [
    'required',
    define({ params: [STRING, ANY], result: ANY }, ([message, value]) => {
      if (value === undefined || value === null || value === '') throw authorError(String(message));
      return value;
    }),
  ],
  [
    'fail',
    define({ params: [STRING], result: STRING }, ([message]) => {
      throw authorError(String(message));
    }),
  ],
]);
