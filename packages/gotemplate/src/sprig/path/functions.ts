import type { GoFunction } from '../../value/model.ts';
import { BOOL, STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';

/** The shortest way to say the same, as Go's `path.Clean` does; `.` for nothing. */
function cleaned(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push(part);
  }
  const joined = kept.join('/');
  return isRooted ? `/${joined}` : joined || '.';
}

function baseOf(path: string): string {
  if (path === '') return '.';
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return end === 0 ? '/' : path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

const directoryOf = (path: string): string => cleaned(path.slice(0, path.lastIndexOf('/') + 1));

function extensionOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') ? path.slice(dot) : '';
}

const ofPath = (change: (path: string) => string): GoFunction =>
  fixed([text], STRING, ([path], { spend, make }) => {
    spend(path.length / 16);
    make(path.length);
    return change(path);
  });

const isAbsolute = fixed([text], BOOL, ([path]) => path.startsWith('/'));

/** Paths of files are those of Linux, where Helm's controller runs. */
export const PATHS: FunctionMap = new Map([
  ['base', ofPath(baseOf)],
  ['dir', ofPath(directoryOf)],
  ['clean', ofPath(cleaned)],
  ['ext', ofPath(extensionOf)],
  ['isAbs', isAbsolute],
  ['osBase', ofPath(baseOf)],
  ['osDir', ofPath(directoryOf)],
  ['osClean', ofPath(cleaned)],
  ['osExt', ofPath(extensionOf)],
  ['osIsAbs', isAbsolute],
]);
