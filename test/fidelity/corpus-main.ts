/**
 * Builds a corpus of cases of the real kustomize and compares object by object: node test/fidelity/corpus-main.ts <cases.jsonl> [test]
 *
 * A line is `{test, path, files, output | error}`. Exits with 1 when a case differs that is not listed here with its reason; with a test, prints it.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { BuildError, build, memoryTree } from '@gotk/kustomize';

interface Case {
  readonly test: string;
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly output?: string;
  readonly error?: string;
}

type Verdict = 'same' | 'not supported yet' | 'known' | 'DIFFERENT';

/** Where we follow Flux, which is not the kustomize of the command line. */
const KNOWN: Readonly<Record<string, string>> = {
  TestTargetMustHaveKustomizationFile: 'Flux generates the kustomization that is missing',
  TestIssue1251_Patches_ProdVsDev_Failure: 'Flux lets a kustomization use what lies beside its directory',
};

const relativePath = (path: string): string => path.replace(/^\/+/, '');

function buildCase({ files, path }: Case): { readonly objects: readonly unknown[] } | { readonly error: string } {
  const tree = memoryTree(Object.fromEntries(Object.entries(files).map(([name, text]) => [relativePath(name), text])));
  try {
    return { objects: build(tree, relativePath(path)).objects };
  } catch (error) {
    if (error instanceof BuildError) return { error: error.message };
    throw error;
  }
}

/** The output, read as a build reads manifests. */
const objectsOf = (output: string): readonly unknown[] =>
  output.trim() === '' ? [] : build(memoryTree({ 'kustomization.yaml': 'resources: [output.yaml]\n', 'output.yaml': output }), '.').objects;

function judge(expected: Case, got: ReturnType<typeof buildCase>): Verdict {
  if ('error' in got && / is not supported yet$/.test(got.error)) return 'not supported yet';
  const isSame =
    expected.error === undefined ? 'objects' in got && isDeepStrictEqual(got.objects, objectsOf(expected.output ?? '')) : 'error' in got;
  if (isSame) return 'same';
  return KNOWN[expected.test] === undefined ? 'DIFFERENT' : 'known';
}

const [, , corpus, shown] = process.argv;
if (corpus === undefined) throw new Error('usage: corpus-main.ts <cases.jsonl> [test]');
const cases = readFileSync(corpus, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line): Case => JSON.parse(line));

const counts = new Map<Verdict, number>();
for (const expected of cases) {
  const got = buildCase(expected);
  const verdict = judge(expected, got);
  counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (verdict === 'DIFFERENT' || verdict === 'known') console.log(`${verdict}: ${expected.test} ${KNOWN[expected.test] ?? ''}`);
  if (expected.test === shown) console.dir({ verdict, got, expected: expected.error ?? objectsOf(expected.output ?? '') }, { depth: null });
}
console.log(Object.fromEntries(counts));
process.exitCode = counts.has('DIFFERENT') ? 1 : 0;
