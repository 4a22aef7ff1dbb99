import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from './component.ts';

export interface KubectlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
  /** Act as somebody else. */
  readonly kubeconfigPath?: string;
  /** Such as `KUBE_EDITOR`; of the caller's environment it gets nothing but the path. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs kubectl and resolves with what came of it; an exit code other than 0 is an answer, not an error. Throws when it outlives
 * `timeoutMs`.
 */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>;

export function kubectlFor({
  command,
  kubeconfigPath,
}: {
  readonly command: Command | undefined;
  readonly kubeconfigPath: string;
}): Kubectl {
  return async (args, { stdin = '', timeoutMs = 30_000, kubeconfigPath: other = kubeconfigPath, env = {} } = {}) => {
    if (command === undefined) throw new Error('KUBEBUILDER_ASSETS has no kubectl');
    const [program, ...first] = command;
    const child = spawn(program, [...first, `--kubeconfig=${other}`, ...args], {
      stdio: 'pipe',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      // What discovery answered is cached on disk, by server: never in the home directory of whoever runs the tests.
      env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), KUBECACHEDIR: join(tmpdir(), 'gotk-kubectl-cache'), ...env },
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code, signal] = await once(child, 'close');
    const [stdout, stderr] = await output;
    if (signal !== null) throw new Error(`kubectl ${args.join(' ')} did not end within ${timeoutMs} ms: ${stderr}`);
    return { exitCode: code, stdout, stderr };
  };
}
