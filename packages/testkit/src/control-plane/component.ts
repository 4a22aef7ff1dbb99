import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A program and its first arguments. */
export type Command = readonly [program: string, ...args: readonly string[]];

export interface ComponentOptions {
  readonly name: string;
  readonly command: Command;
  readonly args: readonly string[];
  /** Receives stdout and stderr. */
  readonly logFile: string;
}

/** A process of the control plane. It has a session of its own: whoever started it must end it. */
export interface Component {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>;
  /** SIGKILL: a graceful stop of an API server waits for its watchers, up to a minute. Resolves when the process is gone. */
  kill(): Promise<void>;
}

const LOG_LINES = 15;

/** Throws if the program cannot be started at all. */
export async function startComponent({ name, command: [program, ...first], args, logFile }: ComponentOptions): Promise<Component> {
  const log = openSync(logFile, 'a');
  const child = spawn(program, [...first, ...args], {
    stdio: ['ignore', log, log],
    cwd: dirname(logFile),
    detached: true,
    // Nothing of the caller's environment: a proxy or a feature variable of somebody's shell must not change what is tested.
    env: { PATH: process.env.PATH ?? '', HOME: dirname(logFile) },
  });
  closeSync(log);
  const exited = once(child, 'exit').then(([code, signal]) => (signal === null ? `exit code ${code}` : String(signal)));
  await once(child, 'spawn').catch((error: unknown) => {
    throw new Error(`failed to start ${name} (${basename(program)}): ${(error as Error).message}`, { cause: error });
  });
  child.unref();
  return {
    name,
    pid: child.pid ?? -1,
    logFile,
    exited,
    async kill() {
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface ReadyOptions {
  /** What has to answer for the component to be ready. */
  readonly probe: () => Promise<boolean>;
  readonly timeoutMs: number;
}

/**
 * Resolves when the probe says yes. Throws when the component ends first or time is up, with the last lines of its log and where the rest
 * is.
 */
export async function untilReady(component: Component, { probe, timeoutMs }: ReadyOptions): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const ended = component.exited.then((how) => ({ how }));
  for (;;) {
    const seen = await Promise.race([probe().catch(() => false), ended]);
    if (seen === true) return;
    if (typeof seen === 'object') throw new Error(await obituary(component, `ended early (${seen.how})`));
    if (performance.now() > deadline) throw new Error(await obituary(component, `was not ready within ${timeoutMs / 1000} s`));
    await delay(50);
  }
}

async function obituary({ name, logFile }: Component, what: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n');
  return `${name} ${what}; the end of its log, ${logFile}:\n${lines.slice(-LOG_LINES).join('\n')}`;
}
