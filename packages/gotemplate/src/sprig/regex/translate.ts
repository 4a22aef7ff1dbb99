/** The names of general categories that Go knows besides their letters, without regard to case, spaces, `_` and `-`. */
const CATEGORIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    other: 'C',
    control: 'Cc',
    cntrl: 'Cc',
    format: 'Cf',
    unassigned: 'Cn',
    privateuse: 'Co',
    surrogate: 'Cs',
    letter: 'L',
    casedletter: 'LC',
    lowercaseletter: 'Ll',
    modifierletter: 'Lm',
    otherletter: 'Lo',
    titlecaseletter: 'Lt',
    uppercaseletter: 'Lu',
    mark: 'M',
    combiningmark: 'M',
    spacingmark: 'Mc',
    enclosingmark: 'Me',
    nonspacingmark: 'Mn',
    number: 'N',
    decimalnumber: 'Nd',
    digit: 'Nd',
    letternumber: 'Nl',
    othernumber: 'No',
    punctuation: 'P',
    punct: 'P',
    connectorpunctuation: 'Pc',
    dashpunctuation: 'Pd',
    closepunctuation: 'Pe',
    finalpunctuation: 'Pf',
    initialpunctuation: 'Pi',
    otherpunctuation: 'Po',
    openpunctuation: 'Ps',
    symbol: 'S',
    currencysymbol: 'Sc',
    modifiersymbol: 'Sk',
    mathsymbol: 'Sm',
    othersymbol: 'So',
    separator: 'Z',
    lineseparator: 'Zl',
    paragraphseparator: 'Zp',
    spaceseparator: 'Zs',
  }),
);
const LETTERS: ReadonlyMap<string, string> = new Map([...new Set(CATEGORIES.values())].map((name) => [name.toLowerCase(), name]));

/** Literal text and escapes are passed over, so that what is found is a class, a bracket of one, or a group with a name. */
const SYNTAX =
  /\\Q[\s\S]*?(?:\\E|$)|\\(?<letter>[pP])\{(?<negated>\^?)(?<name>[^}]*)\}|\\[\s\S]|\[:\^?\w+:\]|\[\^?\]?|\]|\(\?P?<(?<group>\w+)>/g;

/** Says in the words of our engine what only Go has words for: `\p{Letter}` is `\p{L}`, and of groups with one name, the later ones have none. */
export function translated(expression: string): string {
  if (!/\\[pP]\{|\(\?P?</.test(expression)) return expression;
  const groups = new Set<string>();
  let [made, end, isInside] = ['', 0, false];
  for (const { 0: whole, index, groups: found = {} } of expression.matchAll(SYNTAX)) {
    made += expression.slice(end, index);
    end = index + whole.length;
    const isNamedAgain = found.group !== undefined && !isInside && groups.has(found.group);
    made += isNamedAgain ? '(' : found.letter === undefined ? whole : knownClass(found, isInside);
    if (found.group !== undefined && !isInside) groups.add(found.group);
    if (whole.startsWith('[:')) continue;
    if (whole.startsWith('[')) isInside = !(isInside && whole.endsWith(']'));
    else if (whole === ']') isInside = false;
  }
  return made + expression.slice(end);
}

function knownClass({ letter = '', negated = '', name = '' }: Readonly<Record<string, string>>, isInside: boolean): string {
  const known = knownName(name);
  if (known !== 'ASCII') return `\\${letter}{${negated}${known}}`;
  const named = (letter === 'P') === (negated === '') ? '[:^ascii:]' : '[:ascii:]';
  return isInside ? named : `[${named}]`;
}

function knownName(name: string): string {
  const plain = name.replaceAll(/[ _-]/g, '').toLowerCase();
  if (plain === 'any') return 'Any';
  if (plain === 'ascii') return 'ASCII';
  const category = CATEGORIES.get(plain) ?? LETTERS.get(plain);
  if (category !== undefined) return category;
  return name
    .toLowerCase()
    .replaceAll(/(^|[ _-])([a-z])/g, (_, before: string, first: string) => (before === '' ? '' : '_') + first.toUpperCase());
}
