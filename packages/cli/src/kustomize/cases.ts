import { isRecord } from '@gotk/apimachinery';
import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { BuildError, memoryTree } from '@gotk/kustomize';
import { Failure } from '../command.ts';
import { firstDifference } from './first-difference.ts';
import { buildLikeKustomize, type KustomizeOptions } from './like-kustomize.ts';
import { renderStream } from './output.ts';

/** What a build of the real kustomize was given, and made of it. */
interface Case {
  readonly test: string;
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Undefined: it cannot be built. */
  readonly output: string | undefined;
}

export interface Verdict {
  readonly name: string;
  /** Why the case fails, on one line; undefined when it does not. */
  readonly failure: string | undefined;
}

/** Builds every case of a corpus, a line each, and compares. Throws `Failure` for a line that is no case. */
export function runCases(corpus: string, file: string, build = buildLikeKustomize): readonly Verdict[] {
  return corpus.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const expected = parseCase(line, `${file}:${index + 1}`);
    return [{ name: expected.test, failure: oneLine(failureOf(expected, build)) }];
  });
}

function parseCase(line: string, at: string): Case {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Failure(`${at}: is not JSON`, { cause: error });
  }
  if (!isRecord(value)) throw new Failure(`${at}: is not a case`);
  const { test, path, files, options = {}, output, error } = value;
  if (typeof test !== 'string' || typeof path !== 'string' || !isRecord(files) || !isRecord(options))
    throw new Failure(`${at}: is not a case: it needs test, path, files`);
  if (typeof output !== 'string' && error === undefined) throw new Failure(`${at}: is not a case: it needs output or error`);
  const texts = Object.entries(files).map(([name, text]) => [relative(name), String(text)]);
  return {
    test,
    path: relative(path),
    files: Object.fromEntries(texts),
    options,
    output: error === undefined ? String(output) : undefined,
  };
}

/** Corpora have absolute paths: the tree is their file system. */
const relative = (path: string): string => (path.replace(/^\/+/, '') === '.' ? '' : path.replace(/^\/+/, ''));

function failureOf({ path, files, options, output }: Case, build: typeof buildLikeKustomize): string | undefined {
  let built: string;
  try {
    built = renderStream(build({ ...memoryTree(files), isFileSystem: true, realPath: (name) => name }, path, optionsOf(options)));
  } catch (error) {
    if (error instanceof BuildError) return output === undefined ? undefined : error.message;
    return `crashed: ${String(error)}`;
  }
  if (output === undefined) return 'was built, and should not have been';
  try {
    return firstDifference(documentsIn(built), documentsIn(output));
  } catch (error) {
    if (error instanceof InvalidYaml) return `cannot be compared: ${error.message}`;
    throw error;
  }
}

function optionsOf({ loadRestrictions, reorder, managedByLabel }: Case['options']): KustomizeOptions {
  return {
    loadRestrictions: loadRestrictions === 'LoadRestrictionsNone' ? 'none' : 'root-only',
    order: reorder === undefined || reorder === 'none' ? 'fifo' : 'legacy',
    managedByLabel: managedByLabel === true,
  };
}

// Which version of kustomize did it is no difference.
const documentsIn = (stream: string): readonly unknown[] =>
  readYaml(new TextEncoder().encode(stream.replaceAll(/^( *app\.kubernetes\.io\/managed-by: kustomize-).*/gm, '$1')), {
    dialect: 'manifest',
    duplicates: 'refused',
    maxBytes: 256 * 1024 * 1024,
  }).filter((document) => document !== null);

const oneLine = (text: string | undefined): string | undefined => text?.replace(/\s+/g, ' ').slice(0, 300);
