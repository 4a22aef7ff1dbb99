import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startReaper } from '@gotk/testkit';
import type { WidgetControllerOptions } from '../widget-controller.ts';

export interface SubjectProcessOptions extends Pick<WidgetControllerOptions, 'namespace' | 'concurrency' | 'client' | 'manager'> {
  readonly kubeconfigPath: string;
}

/** The widget controller as a process of its own. Disposing kills it. */
export interface SubjectProcess extends AsyncDisposable {
  readonly pid: number;
  /** Names of the widgets in the order of its runs so far. */
  readonly runs: readonly string[];
  /** What it logged so far. */
  readonly log: string;
  /** How it ended: its exit code, or the signal that ended it. Throws when it does not end in time. */
  exit(options?: { readonly timeoutMs?: number }): Promise<number | NodeJS.Signals>;
  send(signal: 'SIGTERM' | 'SIGKILL' | 'SIGCONT'): void;
  /** Has it stop where it is, until SIGCONT: resolves when it has. */
  freeze(): Promise<void>;
  /** Resolves when there have been so many runs since it started. Throws when that takes too long, or when it ends first. */
  untilRuns(count: number, options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Resolves when it has logged that. Throws when that takes too long, or when it ends first. */
  untilLogged(text: string, options?: { readonly timeoutMs?: number }): Promise<void>;
}

const FREEZE_MS = 5_000;
const MAIN = fileURLToPath(new URL('../subject-main.ts', import.meta.url));

export function startSubjectProcess({ kubeconfigPath, ...options }: SubjectProcessOptions): SubjectProcess {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, KUBECONFIG: kubeconfigPath },
  });
  const reaper = startReaper();
  reaper.guard(child.pid === undefined ? [] : [child.pid]);
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const runs: string[] = [];
  let log = '';
  let frozen = false;
  let ended: number | NodeJS.Signals | undefined;
  void exited.then((how) => {
    ended = how;
    reaper[Symbol.dispose]();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { readonly run?: string; readonly freezing?: boolean };
    if (said.run !== undefined) runs.push(said.run);
    if (said.freezing === true) frozen = true;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });

  const until = async (what: string, isSo: () => boolean, timeoutMs: number): Promise<void> => {
    const deadline = performance.now() + timeoutMs;
    while (!isSo()) {
      if (ended !== undefined) throw new Error(`the subject ended (${ended}) before ${what}; its log ends with\n${log.slice(-2_000)}`);
      if (performance.now() > deadline) throw new Error(`no ${what} within ${timeoutMs} ms; the log ends with\n${log.slice(-2_000)}`);
      await delay(2);
    }
  };
  return {
    pid: child.pid ?? -1,
    runs,
    get log() {
      return log;
    },
    async exit({ timeoutMs = 20_000 } = {}) {
      const how = await Promise.race([exited, delay(timeoutMs, undefined, { ref: false })]);
      if (how === undefined) throw new Error(`the subject did not end within ${timeoutMs} ms; its log ends with\n${log.slice(-2_000)}`);
      return how;
    },
    send(signal) {
      child.kill(signal);
    },
    async freeze() {
      frozen = false;
      child.kill('SIGUSR2');
      await until('a freeze', () => frozen, FREEZE_MS);
    },
    untilRuns: (count, { timeoutMs = 20_000 } = {}) => until(`${count} runs`, () => runs.length >= count, timeoutMs),
    untilLogged: (text, { timeoutMs = 20_000 } = {}) => until(`'${text}' in its log`, () => log.includes(text), timeoutMs),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
