import { compileGlob, type Glob } from '@gotk/apimachinery';

/** A line of ignore rules: whether it is about a file, and what it says about it then. */
export interface IgnorePattern {
  readonly includes: boolean;
  /** `path` is that of a file, split at its slashes, relative to where the line stands. */
  readonly matches: (path: readonly string[]) => boolean;
}

/** `**`, on its own between slashes: any number of directories. */
const ANY_DEPTH = Symbol('**');
type Segment = Glob | typeof ANY_DEPTH | undefined;

/**
 * Compiles a line as go-git does (`plumbing/format/gitignore`), which is what Flux's users have written theirs for. It differs from Git: a
 * pattern is about a file when it fits a directory above it, also behind `!`; so files can be included again below a directory that is
 * excluded.
 */
export function compileIgnorePattern(line: string): IgnorePattern {
  const includes = line.startsWith('!');
  const written = includes ? line.slice(1) : line;
  const trimmed = written.endsWith('\\ ') ? written : written.replace(TRAILING_SPACES, '');
  const directoriesOnly = trimmed.endsWith('/');
  const text = directoriesOnly ? trimmed.slice(0, -1) : trimmed;
  if (!text.includes('/')) {
    const name = globOf(text);
    return { includes, matches: (path) => matchesName(name, path, directoriesOnly) };
  }
  const segments = text.split('/').map(segmentOf);
  return { includes, matches: (path) => matchesPath(segments, path, directoriesOnly) };
}

const TRAILING_SPACES = /(?<! ) +$/;

/** What is no pattern matches nothing. */
const globOf = (text: string): Glob => compileGlob(text) ?? (() => false);

function segmentOf(text: string): Segment {
  if (text === '') return undefined;
  if (text === '**') return ANY_DEPTH;
  // Two stars among other characters mean nothing, and match nothing.
  return text.includes('**') ? () => false : globOf(text);
}

/** Without a slash: the file's name, or that of any directory above it; the first that fits decides. */
function matchesName(name: Glob, path: readonly string[], directoriesOnly: boolean): boolean {
  const at = path.findIndex(name);
  return at >= 0 && !(directoriesOnly && at === path.length - 1);
}

/** With a slash: from where the line stands, to the file or to a directory above it. */
function matchesPath(segments: readonly Segment[], path: readonly string[], directoriesOnly: boolean): boolean {
  let at = 0;
  let matched = false;
  let anyDepth = false;
  for (const [index, segment] of segments.entries()) {
    if (segment === ANY_DEPTH) {
      if (index === segments.length - 1) break;
      anyDepth = true;
      continue;
    }
    if (segment === undefined) {
      anyDepth = false;
      continue;
    }
    const found = anyDepth ? path.findIndex((name, position) => position >= at && segment(name)) : at;
    const name = path[found];
    if (name === undefined || !segment(name)) return false;
    matched = true;
    anyDepth = false;
    at = found + 1;
  }
  return matched && !(directoriesOnly && at === path.length);
}
