import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** Each line of its output, as JSON. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly stderr: string;
}

/** Runs a program of this directory to its end: for what may take a whole process with it. */
export async function runChild(program: string, nodeOptions: readonly string[], args: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const lines = out
    .join('')
    .split('\n')
    .filter((line) => line !== '');
  return { code, signal, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr: err.join('') };
}
