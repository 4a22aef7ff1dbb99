const LITERALS = [
  '1',
  '0',
  '-3',
  '2.5',
  '1e3',
  '"a"',
  '""',
  '"é\\n"',
  '`raw`',
  'true',
  'false',
  'nil',
  "'x'",
  '0x1F',
  '1_000',
  '"b"',
  '2',
  '"%v %s|%5.2f"',
];
const UNARY = [
  'len',
  'not',
  'print',
  'html',
  'js',
  'urlquery',
  'upper',
  'echo',
  'text',
  'int',
  'int64',
  'uint',
  'byte',
  'float',
  'truth',
  'keys',
  'strings',
  'kind',
  'println',
  'duration',
  'person',
];
const BINARY = [
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'index',
  'slice',
  'and',
  'or',
  'print',
  'printf',
  'list',
  'dict',
  'many',
  'join',
  'call',
];
/** Too large to be ranged over. */
const LARGE = ['9007199254740993', '-9223372036854775808', '1e300', '.int64', '.uint64', '.second'];
const VERBS = 'vvvdsqxXobctUeEfFgGTOz%'.split('');

/** Random templates over the fields of some data. */
export class TemplateMaker {
  readonly #random: () => number;
  readonly #fields: readonly string[];
  readonly #samples: readonly string[];
  #depth = 0;

  constructor({
    random,
    fields,
    samples,
  }: { readonly random: () => number; readonly fields: readonly string[]; readonly samples: readonly string[] }) {
    this.#random = random;
    this.#fields = fields;
    this.#samples = samples;
  }

  /** A template that is mostly well-formed, a mangled one, or one that formats. */
  make(): string {
    const kind = this.#random();
    if (kind < 0.55) return this.#statements(3);
    return kind < 0.8 ? this.#mangled() : this.#format();
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #statements(most: number): string {
    let text = '';
    for (let count = 1 + Math.floor(this.#random() * most); count > 0; count -= 1) text += this.#statement();
    return text;
  }

  #statement(): string {
    const kind = this.#depth > 2 ? 0.3 : this.#random();
    if (kind < 0.15) return this.#one(['text', ' \n\t', 'ü', '', '}}', '{ {', '%d']);
    this.#depth += 1;
    const made = this.#action(kind);
    this.#depth -= 1;
    return made;
  }

  #action(kind: number): string {
    const [open, close] = [this.#chance(0.2) ? '{{- ' : '{{', this.#chance(0.2) ? ' -}}' : '}}'];
    const otherwise = this.#chance(0.3) ? `{{else}}${this.#statements(2)}` : '';
    if (kind < 0.5) return `${open}${this.#pipeline()}${close}`;
    if (kind < 0.6) return `${open}if ${this.#pipeline()}${close}${this.#statements(2)}${otherwise}{{end}}`;
    if (kind < 0.7) return `${open}with ${this.#pipeline()}${close}${this.#statements(2)}${otherwise}{{end}}`;
    if (kind < 0.82) {
      const jump = this.#chance(0.2) ? `{{if ${this.#operand()}}}{{${this.#one(['break', 'continue'])}}}{{end}}` : '';
      return `${open}range ${this.#one(['', '', '$i := ', '$i, $e := '])}${this.#pipeline()}${close}${this.#statements(2)}${jump}${otherwise}{{end}}`;
    }
    if (kind < 0.9)
      return `${open}$x := ${this.#pipeline()}${close}${this.#statements(2)}{{$x}}{{$x = ${this.#pipeline()}}}{{$x${this.#chance(0.3) ? '.a' : ''}}}`;
    if (kind < 0.95) return `{{block "b${Math.floor(this.#random() * 1e6)}" ${this.#pipeline()}}}${this.#statements(2)}{{end}}`;
    return `{{/* ${this.#one(['a', '\n', '*'])} */${close}`;
  }

  #pipeline(): string {
    let text = this.#command();
    while (this.#chance(0.25)) text += ` | ${this.#chance(0.7) ? this.#one([...UNARY, ...BINARY]) : this.#command()}`;
    return text;
  }

  #command(): string {
    const kind = this.#random();
    if (kind < 0.4) return this.#operand();
    if (kind < 0.65) return `${this.#one(UNARY)} ${this.#operand()}`;
    if (kind < 0.92) return `${this.#one(BINARY)} ${this.#operand()} ${this.#operand()}${this.#chance(0.2) ? ` ${this.#operand()}` : ''}`;
    return this.#one([
      '.person.Greet "a" 1',
      '.words.Has "v1"',
      '.values.Keys',
      'nilAny',
      'nilMap',
      'fail "no"',
      '.person.Fails',
      'call .func "a" 1',
      '.personValue.Self.Name',
    ]);
  }

  #operand(): string {
    const kind = this.#random();
    if (kind < 0.3) return this.#one(LITERALS);
    if (kind < 0.75) return `.${this.#one(this.#fields)}${this.#chance(0.15) ? this.#one(['.a', '.c.d', '.Name', '.x.y', '.X']) : ''}`;
    if (kind < 0.8) return this.#one(['.', '$', '$.map', '$.name']);
    if (kind < 0.83) return this.#one(['$x', '$i', '$e']);
    if (this.#depth > 4) return '1';
    this.#depth += 1;
    const inner = `(${this.#pipeline()})${this.#chance(0.2) ? this.#one(['.a', '.Name', '.c.d']) : ''}`;
    this.#depth -= 1;
    return inner;
  }

  #mangled(): string {
    let text = this.#chance(0.5) ? this.#statements(2) : this.#one(this.#samples);
    for (let count = 1 + Math.floor(this.#random() * 3); count > 0; count -= 1) {
      const at = Math.floor(this.#random() * (text.length + 1));
      const cut = Math.floor(this.#random() * 3);
      const put = this.#one([
        '',
        '',
        '{{',
        '}}',
        '|',
        '(',
        ')',
        '"',
        '`',
        "'",
        '.',
        '$',
        '-',
        ' ',
        '\n',
        ':=',
        ',',
        'end',
        'else',
        '\\',
        '0x',
        'é',
        '\x01',
        '@',
        '_',
        '/*',
        '*/',
        'if',
        'nil',
        '1',
        'e',
      ]);
      text = text.slice(0, at) + put + text.slice(at + cut);
    }
    return text.toWellFormed();
  }

  /** Something to format: numbers of every size more often than not. */
  #formatted(): string {
    const kind = this.#random();
    if (kind < 0.1) return this.#one(LARGE);
    if (kind < 0.5) return this.#operand();
    const size = (this.#random() - 0.5) * 10 ** Math.floor(this.#random() * 30 - 12);
    if (kind < 0.7) return String(Math.trunc(size)).replace(/^(-?\d+)e.*/, '$1');
    const text = this.#chance(0.5) ? String(size) : size.toPrecision(1 + Math.floor(this.#random() * 5));
    return /[.e]/.test(text) ? text : `${text}.0`;
  }

  #format(): string {
    let format = '';
    let operands = '';
    for (let count = 1 + Math.floor(this.#random() * 4); count > 0; count -= 1) {
      const flags = Array.from({ length: Math.floor(this.#random() * 3) }, () => this.#one(['+', '-', '#', ' ', '0'])).join('');
      const width = this.#chance(0.4) ? this.#one(['1', '5', '12', '*', '[1]', '[2]*']) : '';
      const precision = this.#chance(0.4) ? this.#one(['.', '.0', '.1', '.3', '.10', '.*', '.30']) : '';
      format += `${this.#one(['', ' ', 'a', '|'])}%${flags}${width}${precision}${this.#one(VERBS)}`;
      operands += ` ${this.#formatted()}`;
    }
    return `{{printf ${JSON.stringify(format)}${operands}}}`;
  }
}
