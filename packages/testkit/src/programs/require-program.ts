import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import table from './programs.json' with { type: 'json' };

/** A program that `make programs` brings. */
export type ProgramName = keyof typeof table;

/** Where scripts/programs.mjs gets a program from: a package of Debian, a Go package with its version, or one of a Go module that has to be copied first. */
interface ProgramSource {
  readonly debian?: string;
  readonly go?: string;
  readonly module?: string;
  /** Its output is compared: another version that happens to be on PATH will not do. */
  readonly pinned?: boolean;
  /** Brought by the target of this name alone; absent: by `make programs`. */
  readonly set?: string;
}

/** A program that tests run against is not on this machine. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/**
 * The absolute path of a real program: on PATH, where Debian keeps daemons, or in the cache that scripts/programs.mjs fills.
 * Throws `MissingProgram`, which says what brings it.
 */
export async function requireProgram(name: ProgramName, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const source: ProgramSource = table[name];
  const directories = [...(env.PATH ?? '').split(delimiter).filter((directory) => directory !== ''), '/usr/sbin', '/usr/bin'];
  const places = source.pinned === true ? [] : directories.map((directory) => join(directory, name));
  const from = source.go ?? source.module;
  if (from !== undefined) places.push(cached(name, from, env));
  for (const place of places)
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place;
  throw new MissingProgram(`there is no ${name} on this machine: run 'make ${source.set ?? 'programs'}', which brings it`);
}

/** As in scripts/programs.mjs. */
function cached(name: string, from: string, env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== '' ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'gotk', 'programs', `${name}-${from.slice(from.indexOf('@') + 1)}-${process.platform}-${process.arch}`, name);
}
