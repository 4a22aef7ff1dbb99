import { type CallContext, DICT, define, type GoFunction, type GoValue, LIST, STRING } from '@gotk/gotemplate';
import { attempt } from './attempt.ts';
import type { Wanted } from './json-type.ts';

/** What a text holds. Throws `FunctionError` for what is no text of the format, or holds something else. */
export type Unmarshal = (text: string, wanted: Wanted, context: CallContext) => GoValue;

/** The functions that read a format: into a map, and into a list. They give the message of an error in the place of the value. */
export const fromText = (format: 'Json' | 'Yaml', unmarshaled: Unmarshal): readonly (readonly [string, GoFunction])[] => [
  [
    `from${format}`,
    define({ params: [STRING], result: DICT }, ([text], context) =>
      attempt(
        () => unmarshaled(String(text), 'map', context),
        (message) => new Map([['Error', message]]),
      ),
    ),
  ],
  [
    `from${format}Array`,
    define({ params: [STRING], result: LIST }, ([text], context) =>
      attempt(
        () => unmarshaled(String(text), 'list', context),
        (message) => [message],
      ),
    ),
  ],
];
