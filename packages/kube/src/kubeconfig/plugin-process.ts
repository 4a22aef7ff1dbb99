import { basename } from 'node:path';

export interface PluginCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside our own environment. */
  readonly environment: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * What a login plugin prints. It has no input; stderr is ours. Throws an error with the program's name and exit code, and none of its words.
 *
 * The one place that starts a program, and only because the operator's own kubeconfig says so: for one that came out of the cluster, only if the operator
 * said `--insecure-kubeconfig-exec` (see `tenant-kubeconfig.ts`).
 */
export async function outputOf({ program, args, environment }: PluginCall): Promise<string> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) => reject(new Error(`failed to log in by '${basename(program)}': ${why}`, { cause }));
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      // biome-ignore lint/style/noProcessEnv: a login plugin finds its own settings there.
      env: { ...process.env, ...environment },
    });
    const output: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else output.push(chunk);
    });
    // A program that the plugin started in turn may live on, and hold the pipe open: nobody waits for what it has to say.
    child.on('exit', (_code, signal) => signal !== null && child.stdout.destroy());
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    child.on('close', (code, signal) => {
      if (size > MAX_OUTPUT_BYTES) fail(`it printed more than ${MAX_OUTPUT_BYTES} bytes`);
      else if (code !== 0) fail(code === null ? `it was ended by ${signal}` : `exit code ${code}`);
      else resolve(Buffer.concat(output).toString('utf8'));
    });
  });
}
