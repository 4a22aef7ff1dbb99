import type { GoValue } from '../value/model.ts';
import { kindOf } from '../value/value.ts';
import { type Meter, Printer } from './printer.ts';

const unmetered: Meter = () => undefined;

/** What `fmt.Sprint` makes of values: spaces stand between two of which neither is a string. */
export function sprint(values: readonly GoValue[], meter: Meter = unmetered): string {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') {
    meter(only.length);
    return only;
  }
  const printer = new Printer(meter);
  let text = '';
  let afterText = true;
  for (const value of values) {
    const isText = kindOf(value) === 'string';
    text += (isText || afterText ? '' : ' ') + printer.argument(value, 'v');
    afterText = isText;
  }
  return text;
}

/** What `fmt.Sprintln` makes of values: a space between any two, and an end of the line. */
export function sprintln(values: readonly GoValue[], meter: Meter = unmetered): string {
  const printer = new Printer(meter);
  return `${values.map((value) => printer.argument(value, 'v')).join(' ')}\n`;
}
