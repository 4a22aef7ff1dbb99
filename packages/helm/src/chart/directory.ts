import { compileGlob } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';
import { type ChartFiles, type ChartLimits, HELM_LIMITS, withoutMark } from './archive.ts';

/**
 * The files of a chart's directory that Helm would load, in the order in which it finds them: without what its `.helmignore` names, and
 * without hidden files directly below `templates/`. Paths are relative to that directory. Throws `HelmError`: `too-large`, or
 * `invalid-chart` for an ignore file that cannot be read.
 */
export function filesOfDirectory(files: ReadonlyMap<string, Uint8Array>, limits: ChartLimits = HELM_LIMITS): ChartFiles {
  const ignores = compileIgnore(files.get('.helmignore'));
  const ignoredDirectories = new Map<string, boolean>([['', false]]);
  const isBelowIgnored = (path: string): boolean => {
    const known = ignoredDirectories.get(path);
    if (known !== undefined) return known;
    const ignored = isBelowIgnored(parentOf(path)) || ignores(path, true);
    ignoredDirectories.set(path, ignored);
    return ignored;
  };
  const kept = [...files.keys()].filter((path) => !isBelowIgnored(parentOf(path)) && !ignores(path, false)).sort(compareWalk);
  let left = limits.maxBytes;
  return new Map(
    kept.map((path) => {
      const data = files.get(path) ?? new Uint8Array();
      if (data.length > limits.maxFileBytes) {
        throw new HelmError('too-large', `cannot load file ${path} as file size (${data.length}) exceeds limit (${limits.maxFileBytes})`);
      }
      left -= data.length;
      if (left < 0) throw new HelmError('too-large', `the files of the chart are larger than the maximum size ${limits.maxBytes}`);
      return [path, withoutMark(data)];
    }),
  );
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A directory's names are sorted by their bytes, and a directory is walked where its name stands. */
function compareWalk(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [l = '', r = ''] = [left[at], right[at]];
    if (l !== r) return compareCodePoints(l, r);
  }
  return left.length - right.length;
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at === -1) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

/** Whether a chart is loaded without what is at a path; what is below a directory that is ignored is ignored too. */
export type Ignores = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly isNegated: boolean;
  readonly isForDirectories: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * The rules of a `.helmignore`, and those that there always are. Helm's own dialect: no `**`, and a negation ignores whatever it does not match. Throws `HelmError` of
 * kind `invalid-chart`.
 */
export function compileIgnore(file: Uint8Array | undefined): Ignores {
  const lines = file === undefined ? [] : new TextDecoder().decode(file).split('\n');
  const rules = [...lines, 'templates/.?*'].map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const compiled = rules.map(compileRule);
  return (path, isDirectory) => {
    for (const { isNegated, isForDirectories, matches } of compiled) {
      if (isNegated) {
        if ((isForDirectories && !isDirectory) || !matches(path)) return true;
      } else if ((isDirectory || !isForDirectories) && matches(path)) return true;
    }
    return false;
  };
}

function compileRule(line: string): Rule {
  if (line.includes('**'))
    throw new HelmError('invalid-chart', 'cannot load ignore rules for chart: double-star (**) syntax is not supported');
  const isNegated = line.startsWith('!');
  const positive = isNegated ? line.slice(1) : line;
  const isForDirectories = positive.endsWith('/');
  const path = isForDirectories ? positive.slice(0, -1) : positive;
  const isRooted = path.startsWith('/');
  const matches = compileGlob(isRooted ? path.slice(1) : path);
  if (matches === undefined)
    throw new HelmError(
      'invalid-chart',
      `cannot load ignore rules for chart: syntax error in pattern ${JSON.stringify(line.slice(0, 256))}`,
    );
  const isForPaths = isRooted || path.includes('/');
  return { isNegated, isForDirectories, matches: (text) => matches(isForPaths ? text : text.slice(text.lastIndexOf('/') + 1)) };
}
