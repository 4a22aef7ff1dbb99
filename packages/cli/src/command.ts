/** What a command may touch besides files. */
export interface Terminal {
  /** Relative paths begin here. */
  readonly cwd: string;
  /** Standard output: results alone. */
  readonly print: (text: string) => void;
  /** Standard error. */
  readonly complain: (text: string) => void;
}

export interface Command {
  /** As it is typed behind `gotk`. */
  readonly name: string;
  /** How its arguments are written; '' for none. */
  readonly synopsis: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** The exit code. Throws `UsageError`, and `Failure` for what the user can mend; any other error is a bug. */
  readonly run: (args: readonly string[], terminal: Terminal) => number | Promise<number>;
}

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command could not do what it was asked to: exit code 1. The message names the file it is about. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
