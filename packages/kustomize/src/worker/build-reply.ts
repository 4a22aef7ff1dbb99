import type { Unstructured } from '@gotk/apimachinery';
import { type BuildOptions, build } from '../build.ts';
import { BuildError } from '../build-error.ts';
import { memoryTree } from '../tree/memory-tree.ts';

/** What to build. Plain data: it crosses into a thread. */
export interface BuildRequest {
  /** The content of each file, by its path relative to the root. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** The directory to build. */
  readonly path: string;
  /** Those that are plain data. */
  readonly options?: Omit<BuildOptions, 'remote'>;
}

/**
 * Why there is no result. `invalid`: the files, as `BuildError` says; `deadline` and `memory`: it took more than it may; `aborted`: the caller's signal; `crash`: a
 * bug, or the thread could not start.
 */
export type BuildFailure = 'invalid' | 'deadline' | 'memory' | 'aborted' | 'crash';

/** Where the files are wrong. */
export interface BuildFailurePlace {
  readonly file: string;
  /** Both count from one. */
  readonly line?: number;
  readonly column?: number;
}

export type BuildReply =
  | { readonly ok: true; readonly objects: readonly Unstructured[]; readonly filesRead: readonly string[] }
  | { readonly ok: false; readonly reason: BuildFailure; readonly message: string; readonly at?: BuildFailurePlace };

/** A build whose errors are data. Never throws. */
export function replyTo({ files, path, options }: BuildRequest): BuildReply {
  try {
    const { objects, filesRead } = build(memoryTree(files), path, options);
    return { ok: true, objects, filesRead };
  } catch (error) {
    if (!(error instanceof BuildError)) return { ok: false, reason: 'crash', message: String(error) };
    return { ok: false, reason: 'invalid', message: error.message, ...placeIn(error.message) };
  }
}

/** Messages of `BuildError` start with their place. */
function placeIn(message: string): { readonly at?: BuildFailurePlace } {
  const [, file, line, column] = /^(.+?):(?:(\d+):(\d+):)? /.exec(message) ?? [];
  if (file === undefined) return {};
  return { at: { file, ...(line === undefined ? {} : { line: Number(line), column: Number(column) }) } };
}
