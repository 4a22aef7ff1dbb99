import type { CaseChange } from '../expression.ts';

/** Letters whose capital is one letter, where JavaScript makes two of it. */
const CAPITALS = new Map(
  [...'ᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾳῃῳ'].map((letter, index) => [letter, [...'ᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾼῌῼ'][index] ?? letter]),
);

/** Letter by letter, whatever stands beside it: no letter becomes two, and none that has no counterpart changes. */
export function changeCase(value: string, change: CaseChange): string {
  switch (change) {
    case 'upper':
      return each(value, upper);
    case 'lower':
      return each(value, lower);
    case 'first-upper':
      return first(value, upper);
    case 'first-lower':
      return first(value, lower);
    case 'keep':
      return value;
  }
}

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

function each(value: string, of: (letter: string) => string): string {
  if (isAscii(value)) return of === upper ? value.toUpperCase() : value.toLowerCase();
  let result = '';
  for (const letter of value) result += of(letter);
  return result;
}

function first(value: string, of: (letter: string) => string): string {
  const [letter = ''] = value;
  return of(letter) + value.slice(letter.length);
}

const isOne = (text: string): boolean => text.length === 1 || (text.length === 2 && text.codePointAt(0) !== text.charCodeAt(0));

function upper(letter: string): string {
  const capital = letter.toUpperCase();
  return isOne(capital) ? capital : (CAPITALS.get(letter) ?? letter);
}

function lower(letter: string): string {
  const small = letter.toLowerCase();
  return isOne(small) ? small : letter === 'İ' ? 'i' : letter;
}
