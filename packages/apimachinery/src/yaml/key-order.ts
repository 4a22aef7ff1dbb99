/**
 * go-yaml's order: letters behind everything else, numbers inside of names by their value. To go-yaml 3, a name that goes on with a letter behind a number is before one
 * that goes on with something else.
 */
export function compareKeys(a: string, b: string, lettersBehindDigits: 'last' | 'first' = 'last'): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  // Most keys differ in a letter, and need no more than a look.
  const [l, r] = [a.charCodeAt(at), b.charCodeAt(at)];
  return isLowerCase(l) && isLowerCase(r) ? l - r : compareCharacters([...a], [...b], lettersBehindDigits);
}

const isLowerCase = (code: number): boolean => code >= 0x61 && code <= 0x7a;

function compareCharacters(left: readonly string[], right: readonly string[], lettersBehindDigits: 'last' | 'first'): number {
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [l = '', r = ''] = [left[at], right[at]];
    if (l !== r) return compareFrom({ left, right, at, l, r, lettersBehindDigits });
  }
  return left.length - right.length;
}

interface Difference {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly at: number;
  readonly l: string;
  readonly r: string;
  readonly lettersBehindDigits: 'last' | 'first';
}

function compareFrom({ left, right, at, l, r, lettersBehindDigits }: Difference): number {
  const [isLeftLetter, isRightLetter] = [isLetter(l), isLetter(r)];
  if (isLeftLetter !== isRightLetter) {
    const isLetterFirst = lettersBehindDigits === 'first' && isDigit(left[at - 1]);
    return isLeftLetter === isLetterFirst ? -1 : 1;
  }
  const byCode = (l.codePointAt(0) ?? 0) - (r.codePointAt(0) ?? 0);
  if (isLeftLetter) return byCode;
  // A zero that differs stands for a longer number if digits other than zero precede it.
  const prefix = l === '0' || r === '0' ? followsDigits(left, at) : '';
  const [leftDigits, rightDigits] = [digitsFrom(left, at), digitsFrom(right, at)];
  const [leftNumber, rightNumber] = [BigInt(`0${prefix}${leftDigits}`), BigInt(`0${prefix}${rightDigits}`)];
  if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1;
  return leftDigits.length - rightDigits.length || byCode;
}

const isLetter = (text: string): boolean => /\p{L}/u.test(text);
const isDigit = (text: string | undefined): boolean => text !== undefined && /^[0-9]$/.test(text);

function digitsFrom(text: readonly string[], start: number): string {
  let end = start;
  while (isDigit(text[end])) end += 1;
  return text.slice(start, end).join('');
}

function followsDigits(text: readonly string[], start: number): '1' | '' {
  for (let at = start - 1; isDigit(text[at]); at--) if (text[at] !== '0') return '1';
  return '';
}
