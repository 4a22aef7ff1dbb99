import type { GoType } from '../../src/index.ts';
import type { FunctionMap } from '../../src/sprig/index.ts';

interface Options {
  /** From 0 to before 1. */
  readonly random: () => number;
  readonly functions: FunctionMap;
  /** Of the data that the calls are made with. */
  readonly fields: readonly string[];
}

/** What is random itself, in an order that Go does not say, or printed as an address. */
const LEFT_OUT =
  /^(rand|shuffle|uuidv4|keys|values|semver$|ago|date|now|htmlDate|duration|unixEpoch|toDate|mustToDate|must_?[dD]ate|bcrypt|htpasswd|derivePassword|buildCustomCert|encryptAES|decryptAES|gen[A-Z])/;
/** What makes as much as it is told to: Go has no limit. */
const GREEDY = /^(repeat|n?indent|until|untilStep|seq)$/;

/** Makes random calls of functions, most of which are given what they take. */
export class CallMaker {
  readonly #random: () => number;
  readonly #functions: FunctionMap;
  readonly #names: readonly string[];
  readonly #fields: readonly string[];

  constructor({ random, functions, fields }: Options) {
    this.#random = random;
    this.#functions = functions;
    this.#names = [...functions.keys()].filter((name) => !LEFT_OUT.test(name));
    this.#fields = fields;
  }

  make(): string {
    const call = this.#call(0);
    // A map that came to hold itself would be the end of Go.
    return /\b(set|\w*[mM]erge\w*) /.test(call)
      ? call.replaceAll(/ \.(map|maps|mixed|values|emptyMap|list|none)\b/g, ' (deepCopy .$1)')
      : call;
  }

  #call(depth: number): string {
    const name = this.#oneOf(this.#names);
    const callee = this.#functions.get(name);
    if (callee === undefined) return name;
    const { params, variadic } = callee;
    const count = this.#chance(0.03) ? this.#below(4) : variadic ? params.length - 1 + this.#below(4) : params.length;
    const args = Array.from({ length: count }, (_, index) =>
      this.#argument(name, { type: params[Math.min(index, params.length - 1)], index, depth }),
    );
    return [name, ...args].join(' ');
  }

  #argument(
    name: string,
    { type, index, depth }: { readonly type: GoType | undefined; readonly index: number; readonly depth: number },
  ): string {
    if (this.#chance(0.04) && !GREEDY.test(name)) return this.#anything(depth);
    switch (type?.kind) {
      case 'string':
        return this.#text(name, index);
      case 'int':
        return GREEDY.test(name) ? String(this.#below(60) - 15) : this.#integer();
      case 'float64':
        return this.#float();
      case 'bool':
        return this.#oneOf(['true', 'false']);
      case 'map':
        return this.#map(depth);
      default:
        return this.#anything(depth);
    }
  }

  #anything(depth: number): string {
    switch (this.#below(depth > 2 ? 6 : 10)) {
      case 0:
        return 'nil';
      case 1:
        return this.#integer();
      case 2:
        return this.#float();
      case 3:
        return this.#string(this.#word());
      case 4:
        return `.${this.#oneOf(this.#fields)}`;
      case 5:
        return this.#oneOf(['true', 'false', '""', '0', 'list', 'dict', '.nan']);
      case 6:
        return this.#map(depth);
      case 7:
        return `(${this.#call(depth + 1)})`;
      default:
        return `(list${Array.from({ length: this.#below(4) }, () => ` ${this.#anything(depth + 1)}`).join('')})`;
    }
  }

  #map(depth: number): string {
    if (this.#chance(0.15)) return this.#oneOf(['.nilMap', '.map', '.emptyMap', '.values', 'dict']);
    const members = Array.from({ length: this.#below(3) }, () => ` "${this.#oneOf(MEMBERS)}" ${this.#anything(depth + 1)}`);
    return `(dict${members.join('')})`;
  }

  #integer(): string {
    return this.#oneOf([String(this.#below(8)), String(this.#below(40) - 20), this.#oneOf(INTEGERS)]);
  }

  #float(): string {
    return this.#oneOf([
      (this.#random() * 10 - 5).toFixed(this.#below(5) + 1),
      (this.#random() * 10 ** this.#below(25)).toExponential(this.#below(17)),
      this.#oneOf(FLOATS),
      this.#random().toPrecision(17),
    ]);
  }

  /** What fits the function, by its name. */
  #text(name: string, index: number): string {
    if (/[rR]egex/.test(name) && index === 0) return this.#string(this.#pieces(EXPRESSIONS, 5));
    if (/regexReplaceAll|RegexReplaceAll/.test(name) && index === 2) return this.#string(this.#pieces(REPLACEMENTS, 3));
    if (/[rR]egex/.test(name)) return this.#string(this.#pieces([...'abcAB 1,\n', 'é', '🎉', 'ab', 'aab'], 9));
    if (/Json$/.test(name)) return this.#string(this.#pieces(JSON_PIECES, 7));
    if (name === 'urlParse') return this.#string(this.#pieces(URL_PIECES, 7));
    if (name === 'b64dec') return this.#string(this.#pieces(['YWJj', 'YW', 'Zg', '=', '==', '\n', '*', '/+', 'é'], 4));
    if (name === 'b32dec') return this.#string(this.#pieces(['MFRGGZDF', 'MY', 'MZXQ', '=', '======', '====', '\n', '1', '===', 'm'], 4));
    if (name === 'semverCompare') return this.#string(this.#pieces(index === 0 ? RANGES : VERSIONS, index === 0 ? 3 : 1));
    if (/^(os)?(base|dir|clean|ext|isAbs)$/i.test(name))
      return this.#string(this.#pieces(['/', '..', '.', 'a', 'b.c', '//', 'é', '.d'], 8));
    return this.#string(this.#word());
  }

  #word(): string {
    return this.#oneOf([this.#pieces(WORDS, 6), this.#oneOf(NUMBERS), this.#pieces(LETTERS, 8)]);
  }

  #pieces(pieces: readonly string[], most: number): string {
    return Array.from({ length: this.#below(most + 1) }, () => this.#oneOf(pieces)).join('');
  }

  /** A lone low surrogate is a byte that is no character. */
  #string(text: string): string {
    const quoted = text
      .replaceAll(/["\\]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
      .replaceAll('\0', '\\x00')
      .replaceAll('\x7f', '\\x7f');
    return `"${quoted.replaceAll(/[\udc80-\udcff]/gu, (byte) => `\\x${(byte.charCodeAt(0) & 0xff).toString(16)}`)}"`;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #oneOf(all: readonly string[]): string {
    return all[this.#below(all.length)] ?? '';
  }
}

const MEMBERS = ['a', 'b', 'c', 'd', 'x', 'scheme', 'host', 'path', 'query', 'userinfo', 'fragment', 'opaque', '<é'];
const INTEGERS = ['9223372036854775807', '-9223372036854775808', '4294967296', '-4294967297', '1000000007', '0x7f', '017', "'a'"];
const FLOATS = [
  '1e308',
  '-1e308',
  '1e-308',
  '5e-324',
  '0.1',
  '0.5',
  '2.5',
  '-0.5',
  '1e18',
  '9.3e18',
  '-0.0',
  '1e21',
  '1e-7',
  '123456789.987654321',
];
const NUMBERS = [
  '12',
  '-7',
  '0x1F',
  '0b101',
  '0o17',
  '017',
  '1_000',
  '1.5',
  '1.0',
  '.5',
  '1e3',
  'inf',
  '-Inf',
  'NaN',
  '0x1p-2',
  '9223372036854775808',
  '',
  '00',
  '1.',
  '777',
  '0_7',
  '+5',
  ' 1',
];
const WORDS = [
  'foo',
  'Bar',
  'HTTP',
  'server2',
  '_',
  '-',
  ' ',
  '\n',
  '.',
  'é',
  'ß',
  '世界',
  '🎉',
  'ǅ',
  'İ',
  '1',
  '42',
  'a',
  'B',
  '\t',
  '$',
  '\udcff',
  '\udcc3',
  '\u00a0',
  '\ufffd',
  "'",
  '"',
  '<&>',
  '%d',
  '\u2028',
  '/',
];
const LETTERS = [...'aAbBcC12-_ .'];
const EXPRESSIONS = [
  'a',
  'b',
  'ab',
  '.',
  '*',
  '+',
  '?',
  '(',
  ')',
  '[',
  ']',
  '^',
  '$',
  '|',
  '[ab]',
  '[^a]',
  '(a)',
  '(?P<n>b)',
  '(?:a|b)',
  '{2}',
  '{1,3}',
  '\\d',
  '\\w',
  '\\b',
  '\\s',
  '\\pL',
  '\\p{Lu}',
  'é',
  '(?i)',
  '*?',
  '+?',
  '\\B',
  '(?m)^',
  '[[:alpha:]]',
  '\\',
  ',',
  '(a*)',
];
const REPLACEMENTS = ['$1', '${1}', '$n', '${n}', '$$', '$', 'x', '$0', '${', '}', '$12', 'é', '$1a', '\udcff'];
const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"b"',
  '1',
  '-',
  '1.5',
  'e3',
  '.',
  'true',
  'false',
  'null',
  ' ',
  '"',
  '\\',
  '\\n',
  '\\u00e9',
  'nul',
  '{"a":1}',
  '[1,2]',
  'é',
  '\udcff',
  '1e999',
  '0',
  '\\ud83c',
  '\n',
  '\t',
  "'",
];
const URL_PIECES = [
  'http:',
  'https:',
  '//',
  '/',
  'a',
  'Host',
  ':',
  '80',
  '@',
  'user',
  ':pw',
  '?',
  'q=1',
  '#',
  'f',
  '%41',
  '%zz',
  '%',
  '[::1]',
  '[',
  ']',
  ' ',
  'é',
  '.',
  '..',
  '+',
  '<',
  '"',
  '\0',
  '\x7f',
  'ftp:',
  'x:',
  '*',
  '%25',
  '[fe80::1%25en0]',
  '1.2.3.4',
  '::',
  '%2F',
  '%c3%a9',
  '\udcff',
  '|',
  '!',
  "'",
  '(',
  ';',
  ',',
];
const RANGES = [
  '^1.2.3',
  '~1',
  '>=1.0',
  '<2',
  '||',
  ',',
  ' ',
  '1.2.x',
  '*',
  '!=1.2.3',
  '1 - 2',
  '>1.2.3-rc.1',
  '=1',
  'x',
  '',
  '=>1',
  '~>1.2',
  '^0.0.1',
  '-beta',
  'foo',
  '>',
];
const VERSIONS = ['1.2.3', 'v1', '0.0.1', '1.2.3-rc.1', '2.0', '1.2.3+b', 'latest', '', '1.2.3-01', '1.10.0', '10', '0.2.5-alpha'];
