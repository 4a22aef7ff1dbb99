import { describe, expect, test } from 'vitest';
import { type ExecutionLimits, fromPlain, TemplateError, TemplateSet } from '../index.ts';
import { sprigFunctions } from './index.ts';

const execute = (template: string, limits: ExecutionLimits = {}): string => {
  const set = new TemplateSet({ name: 't', functions: sprigFunctions() });
  set.parse('t', template);
  return set.execute('t', fromPlain({}), limits);
};

/** A map that holds another one twice, which holds another one twice, and so on: small, and endless to go through. */
const WIDE = '{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}';
/** A text of two million characters. */
const LONG = '{{ $long := repeat 200000 "abcdefghi\\n" }}';
const DEEP = '{{ $d := dict }}{{ range until 100000 }}{{ $d = dict "a" $d }}{{ end }}';

describe('a template ends that would', () => {
  test.each([
    ['repeat a text without end', '{{ repeat 9000000000 "x" }}'],
    ['repeat what was repeated', '{{ $x := "x" }}{{ range until 40 }}{{ $x = repeat 2 $x }}{{ end }}'],
    ['count without end', '{{ until 9000000000 }}'],
    ['count down without end', '{{ untilStep 0 -9000000000 -1 }}'],
    ['list numbers without end', '{{ seq 9000000000 }}'],
    ['indent by millions', `${LONG}{{ nindent 1000000 $long }}`],
    ['replace every character by a long text', `${LONG}{{ replace "" $long $long }}`],
    ['put a long text between words', `${LONG}{{ wrapWith 1 $long $long }}`],
    ['join by a long text', `${LONG}{{ splitList "" $long | join $long }}`],
    ['replace every match by a long text', `${LONG}{{ regexReplaceAll "." $long $long }}`],
    ['search with a large expression', `${LONG}{{ range until 100 }}{{ regexMatch "(x+x+){200}y" $long }}{{ end }}`],
    ['look to the end of the text from each match on', `${LONG}{{ regexFindAll "(?s)a.*z|a" $long -1 }}`],
    ['compile an expression that grows', '{{ regexMatch (repeat 60 "x{1000}") "x" }}'],
    ['compile one large expression after the other', '{{ range until 1000 }}{{ regexMatch (printf "x{1000}x{1000}%d" .) "x" }}{{ end }}'],
    ['compile a long expression', '{{ regexMatch (repeat 20000 "a") "x" }}'],
    ['copy a map of maps of maps', `${WIDE}{{ deepCopy $d }}`],
    ['write a map of maps of maps', `${WIDE}{{ toJson $d }}`],
    ['merge a map of maps of maps', `${WIDE}{{ merge (dict "a" $d) (dict "a" $d) }}`],
    ['copy what holds itself', '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ deepCopy $d }}'],
    [
      'merge what holds itself',
      '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $e := dict }}{{ $_ := set $e "d" $e }}{{ mergeOverwrite $d $e }}',
    ],
    ['copy what is nested by the hundred thousand', `${DEEP}{{ deepCopy $d }}`],
    ['write what is nested by the hundred thousand', `${DEEP}{{ toJson $d }}`],
    [
      'read what is nested by the hundred thousand',
      '{{ printf "%s%s" (repeat 9000 "[") (repeat 9000 "]") | fromJson | toJson | repeat 9000000 }}',
    ],
    ['make unique what differs at the end only', '{{ $l := list }}{{ range until 3000 }}{{ $l = append $l . }}{{ end }}{{ uniq $l }}'],
    ['append to what it appends to', '{{ $l := list }}{{ range until 5000 }}{{ $l = append $l . }}{{ end }}'],
    ['draw characters without end', '{{ randAlphaNum 9000000000 }}'],
    ['draw bytes without end', '{{ randBytes 9000000000 }}'],
    [
      'make numbers of a million digits',
      '{{ $x := 1e300 }}{{ range until 1000000 }}{{ $y := mulf $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x }}{{ end }}',
    ],
  ])('%s', (_, template) => {
    expect(ending(template)).toBe('limit');
  });
});

/** How a template ends with less than it has anywhere else. */
function ending(template: string): string {
  try {
    return `prints ${execute(template, { maxSteps: 300_000, maxLength: 8_000_000 }).length}`;
  } catch (thrown) {
    if (!(thrown instanceof TemplateError)) throw thrown;
    return thrown.kind;
  }
}

test('what a chart has of all that is far from any limit', () => {
  const template = `{{ $l := list }}{{ range until 2000 }}{{ $l = append $l (printf "v%d" .) }}{{ end }}{{ $l | uniq | sortAlpha | join "," | sha256sum | trunc 8 }}`;
  expect(execute(template)).toMatch(/^[0-9a-f]{8}$/);
});

test.each([
  ['a word without end is wrapped', '{{ repeat 300000 "x" | wrapWith 1 "" | len }}', '599999'],
  ['zeros without end are read', '{{ printf "%s1" (repeat 300000 "0") | atoi }} {{ printf "%sx" (repeat 300000 "0") | atoi }}', '1 0'],
  ['space without end is trimmed', '{{ printf "%sx%s" (repeat 300000 " ") (repeat 300000 " ") | trim }}', 'x'],
  [
    'base64 without end is decoded',
    '{{ repeat 300000 "YWJj" | b64dec | len }} {{ printf "%s*" (repeat 300000 "YWJj") | b64dec }}',
    '900000 illegal base64 data at input byte 1200000',
  ],
])('%s in the time that reading it takes', (_, template, expected) => {
  expect(execute(template)).toBe(expected);
});
