import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Testbed } from '../testbed.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 120_000;

/** Runs the real `flux` in the test's namespace. An exit code other than 0 is an answer. */
export function fluxCli({ namespace }: Pick<Testbed, 'namespace'>): (...args: readonly string[]) => Promise<CliResult> {
  return async (...args) => {
    const child = spawn(inject('flux'), ['--kubeconfig', inject('kubeconfigPath'), '--namespace', namespace, '--timeout', '60s', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH ?? '', HOME: inject('directory'), TERM: 'dumb', NO_COLOR: '1' },
    });
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await once(child, 'close');
    const [stdout, stderr] = await output;
    return { exitCode: code ?? 128, stdout, stderr };
  };
}
