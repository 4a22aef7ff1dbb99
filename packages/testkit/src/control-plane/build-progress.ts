/** How far a build is. */
export interface BuildState {
  readonly modules: number;
  readonly packages: number;
  /** All packages of the program; those that Go's own cache holds are never reported. Undefined while Go is still counting. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** One line for a person who waits. */
export function renderProgress({ modules, packages, total, elapsedMs }: BuildState): string {
  const work =
    packages > 0
      ? `${packages}${total === undefined ? '' : ` of ${total}`} packages compiled`
      : modules > 0
        ? `${modules} modules downloaded`
        : 'reading the module';
  return `building the control plane (once, about 5-10 minutes on 2 cores): ${work}, ${renderElapsed(elapsedMs)}`;
}

/** What a line that `go build -v` prints on stderr tells. */
export function readBuildLine(line: string): 'module' | 'package' | 'other' {
  if (line.startsWith('go: downloading ')) return 'module';
  // A package is named alone on its line, by its import path: no spaces. Anything else is a message.
  return /^[a-z0-9]\S*$/i.test(line) && !line.endsWith(':') ? 'package' : 'other';
}

function renderElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

export interface ProgressLine extends Disposable {
  show(text: string): void;
}

const TERMINAL_EVERY_MS = 250;
const LOG_EVERY_MS = 15_000;

/** Shows a line that changes: in place on a terminal; elsewhere, as a new line every 15 s. */
export function progressLine(out: NodeJS.WriteStream): ProgressLine {
  const everyMs = out.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      out.write(out.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    },
    [Symbol.dispose]: () => {
      if (out.isTTY) out.write('\r\u001b[K');
    },
  };
}
