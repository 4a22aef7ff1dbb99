import { sprint } from '../../format/print.ts';
import { byteLength } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, int, text, variadic } from '../signature.ts';
import { byteCharacters, fromByteCharacters } from './byte-characters.ts';

const MAX_INT = 2n ** 63n - 1n;

/** A text so many times. */
function repeated(count: bigint, given: string, { make }: CallContext): string {
  if (count < 0n) throw new FunctionError('strings: negative Repeat count');
  if (count * BigInt(byteLength(given)) > MAX_INT) throw new FunctionError('strings: Repeat output length overflow');
  const times = Number(count);
  make(times * given.length);
  return given === '' ? '' : given.repeat(times);
}

function indented(spaces: bigint, given: string, context: CallContext): string {
  const margin = repeated(spaces, ' ', context);
  const lines = given.split('\n');
  context.make(given.length + lines.length * margin.length);
  return margin + lines.join(`\n${margin}`);
}

interface Wrapping {
  readonly width: number;
  readonly separator: string;
  /** Whether words that are too long are cut. */
  readonly cuts: boolean;
}

/** Lines of so many bytes, by the rules of goutils: spaces at the beginning of a line are dropped, line ends within the text count as any other character. */
function wrapped(given: string, { width, separator, cuts }: Wrapping, { make, spend }: CallContext): string {
  const bytes = byteCharacters(given);
  const lines: string[] = [];
  let from = 0;
  while (bytes.length - from > width) {
    spend((1 + Math.min(width, bytes.length - from)) / 64);
    if (bytes[from] === ' ') {
      from += 1;
      continue;
    }
    const space = from + bytes.slice(from, from + width + 1).lastIndexOf(' ');
    const longWord = space < from;
    const to = !longWord ? space : cuts ? from + width : bytes.indexOf(' ', from + width);
    if (to === -1) break;
    make(to - from + separator.length);
    lines.push(bytes.slice(from, to));
    from = longWord && cuts ? to : to + 1;
  }
  make(bytes.length - from);
  lines.push(bytes.slice(from));
  return fromByteCharacters(lines.join(byteCharacters(separator)));
}

/** Beyond any text, and within what counts exactly. */
const WIDEST = 2n ** 40n;
const widthOf = (width: bigint): number => Number(width < 1n ? 1n : width > WIDEST ? WIDEST : width);

export const LAYOUT: FunctionMap = new Map([
  ['repeat', fixed([int, text], STRING, ([count, given], context) => repeated(count, given, context))],
  ['indent', fixed([int, text], STRING, ([spaces, given], context) => indented(spaces, given, context))],
  ['nindent', fixed([int, text], STRING, ([spaces, given], context) => `\n${indented(spaces, given, context)}`)],
  [
    'wrap',
    fixed([int, text], STRING, ([width, given], context) =>
      wrapped(given, { width: widthOf(width), separator: '\n', cuts: false }, context),
    ),
  ],
  [
    'wrapWith',
    fixed([int, text, text], STRING, ([width, separator, given], context) =>
      wrapped(given, { width: widthOf(width), separator: separator || '\n', cuts: true }, context),
    ),
  ],
  [
    'cat',
    variadic([any], STRING, (_, values, { make }) =>
      values
        .filter((value) => value !== null)
        .map((value) => sprint([value], make))
        .join(' '),
    ),
  ],
  ['plural', fixed([text, text, int], STRING, ([one, many, count]) => (count === 1n ? one : many))],
  ['hello', fixed([], STRING, () => 'Hello!')],
]);
