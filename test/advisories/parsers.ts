import { parseJson } from '@gotk/apimachinery';
import { watchEvents } from '../../packages/kube/src/transport/watch-stream.ts';
import { readConfigYaml, readDocuments, readYaml } from '../../packages/kustomize/src/tree/documents.ts';

/** Whoever turns somebody's bytes into values, by name; and the class of error that each may end with. */
export interface Parser {
  readonly errors: readonly string[];
  parse(text: string): unknown;
}

export const PARSERS: Readonly<Record<string, Parser>> = {
  manifest: { errors: ['BuildError'], parse: (text) => readYaml(Buffer.from(text), 'a.yaml') },
  written: { errors: ['BuildError'], parse: (text) => readDocuments(Buffer.from(text), 'a.yaml').map(({ written }) => written()) },
  kustomization: { errors: ['BuildError'], parse: (text) => readConfigYaml(Buffer.from(text), 'kustomization.yaml') },
  json: { errors: ['SyntaxError'], parse: parseJson },
  watch: {
    errors: ['ProtocolError'],
    parse: async (text) => {
      for await (const _ of watchEvents(chunksOf(`{"type":"ADDED","object":{"metadata":{"name":"x"},"deep":${text}}}\n`)));
    },
  },
};

async function* chunksOf(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

const repeated = (times: number, piece: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => piece(index)).join('');
const DEPTH = 100_000;
const keys = repeated(20_000, (n) => `k${n}: 0, `);

export interface HostileText {
  readonly text: () => string;
  /** Or read, in time. */
  readonly refused: boolean;
  /** The parsers that it is for; all by default. */
  readonly by?: readonly string[];
}

const YAML = ['manifest', 'written', 'kustomization'];

/** Texts of about a megabyte at most that have stopped a parser somewhere, by what they are. */
export const CORPUS: Readonly<Record<string, HostileText>> = {
  'lists in a flow': { text: () => '['.repeat(DEPTH), refused: true },
  'lists in a flow, closed': { text: () => '['.repeat(DEPTH) + ']'.repeat(DEPTH), refused: true },
  'lists around a long number': { text: () => `${'['.repeat(DEPTH)}12345678901234567890${']'.repeat(DEPTH)}`, refused: true },
  'maps in a flow': { text: () => '{"a":'.repeat(DEPTH), refused: true },
  'maps in a flow, closed': { text: () => `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`, refused: true },
  'maps and lists in turn': { text: () => `${'{"a":['.repeat(DEPTH)}1${']}'.repeat(DEPTH)}`, refused: true },
  'lists in a block': { text: () => `${'- '.repeat(DEPTH)}x`, refused: true, by: YAML },
  'keys that are questions': { text: () => `${'? '.repeat(DEPTH)}x`, refused: true, by: YAML },
  'keys in a flow': { text: () => '[? '.repeat(DEPTH), refused: true, by: YAML },
  'maps in a block': { text: () => repeated(1_400, (n) => `${' '.repeat(n)}a:\n`), refused: true, by: YAML },
  'tags behind tags': { text: () => `${'!a '.repeat(DEPTH)}x`, refused: true, by: YAML },
  'anchors behind anchors': { text: () => `${'&a '.repeat(DEPTH)}x`, refused: true, by: YAML },
  'aliases of aliases': { text: () => bomb(9), refused: true, by: YAML },
  'aliases of aliases of maps': { text: () => bomb(30, (n) => `{x: *a${n}, y: *a${n}}`), refused: true, by: YAML },
  'twenty thousand aliases': { text: () => `a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`, refused: true, by: YAML },
  'an alias of itself': { text: () => 'a: &a [*a]\n', refused: true, by: YAML },
  'merges of one large map': { text: () => `a: &a {${keys}}\n${repeated(9_000, (n) => `b${n}: {<<: *a}\n`)}`, refused: true, by: YAML },
  'one merge of a list of them': { text: () => `a: &a {${keys}}\nb: {<<: [${'*a,'.repeat(9_000)}]}\n`, refused: true, by: YAML },
  'a chain of merges': {
    text: () => `a0: &a0 {x: 1}\n${repeated(9_000, (n) => `a${n + 1}: &a${n + 1} {<<: *a${n}, k${n}: 1}\n`)}`,
    refused: true,
    by: YAML,
  },
  'merges of what is none': { text: () => repeated(1_000, (n) => `a${n}: {<<: ${n}}\n`), refused: true, by: YAML },
  'ninety thousand keys': { text: () => repeated(90_000, (n) => `k${n}: 0\n`), refused: false, by: YAML },
  'sixty thousand anchors': { text: () => repeated(60_000, (n) => `k${n}: &a${n} 0\n`), refused: false, by: YAML },
  'a quarter of a million documents': { text: () => '---\n'.repeat(250_000), refused: false, by: YAML },
  'digits without end': { text: () => `a: ${'9'.repeat(1_000_000)}`, refused: true, by: ['manifest', 'kustomization'] },
  'underlines and digits': { text: () => `a: ${'_1'.repeat(500_000)}`, refused: false, by: YAML },
  'a comment of a megabyte': { text: () => '#'.repeat(1_000_000), refused: false, by: YAML },
  'a text over many lines': { text: () => `a: ${'b\n  '.repeat(250_000)}`, refused: false, by: YAML },
  'an empty line without end': { text: () => `a: "${'\n'.repeat(1_000_000)}"`, refused: false, by: YAML },
  'a quote without end': { text: () => `"${'\\'.repeat(1_000_001)}`, refused: true },
  'closing brackets': { text: () => ']'.repeat(1_000_000), refused: true },
  tabs: { text: () => `a:\n${'\t'.repeat(1_000_000)}b`, refused: true, by: YAML },
};

function bomb(levels: number, level = (n: number) => `[${Array(9).fill(`*a${n}`).join(',')}]`): string {
  return `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${repeated(levels, (n) => `a${n + 1}: &a${n + 1} ${level(n)}\n`)}`;
}
