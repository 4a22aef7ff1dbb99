import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startReaper } from './control-plane/reaper.ts';
import { freePort } from './free-port.ts';

export interface ControllerProcessOptions {
  /** Such as `source-controller`; shows in messages. */
  readonly name: string;
  /** The controller's bundle. */
  readonly bundle: string;
  /** Somebody else's program, which takes the bundle's place and its flags. */
  readonly program?: string | undefined;
  readonly kubeconfig: string;
  /** Where the controller keeps its own lease and, unless it watches all namespaces, what it watches. */
  readonly namespace: string;
  readonly flags?: readonly string[];
  /** For Node itself, after those that it gets in the image. */
  readonly nodeFlags?: readonly string[];
  /** Receives stdout and stderr. */
  readonly logFile: string;
  /** For what the controller unpacks; default: the system's. */
  readonly temporaryDirectory?: string;
  readonly readyTimeoutMs?: number;
  /** Let the process outlive this one (`make up`). */
  readonly detached?: boolean;
  /**
   * A program, and its first arguments, that turns itself into the command that follows: to give the controller another world to live in.
   */
  readonly launcher?: readonly [string, ...string[]];
}

export interface ControllerProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly metricsUrl: string;
  readonly healthUrl: string;
  readonly logFile: string;
  /** From spawn to the first ready answer. */
  readonly readyMs: number;
  /** SIGTERM, then the exit code; SIGKILL and an error after `graceMs`. */
  stop(options?: { readonly graceMs?: number }): Promise<number>;
  /** SIGKILL, at once. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Whether it has ended, in whatever way. */
  readonly ended: boolean;
  /** Resolves when it has: with its exit code, or 128 for a signal. */
  readonly exited: Promise<number>;
}

/**
 * As in the image: what Node keeps for short-lived objects is most of what a small program needs. The heap may be as large as Node lets it be of the gibibyte that the
 * manifests allow: how soon garbage is collected depends on that.
 */
const NODE_FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=512', '--disable-proto=throw'];
/** Likewise: what threads give back is there for all of them. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };

/**
 * Starts a controller the way a container would and waits until `/readyz` says so. The error of a failed start ends with the log's
 * last lines.
 */
export async function startControllerProcess(options: ControllerProcessOptions): Promise<ControllerProcess> {
  const [metricsPort, healthPort] = await Promise.all([freePort(), freePort()]);
  const log = openSync(options.logFile, 'a');
  const started = performance.now();
  const itself =
    options.program === undefined ? [process.execPath, ...NODE_FLAGS, ...(options.nodeFlags ?? []), options.bundle] : [options.program];
  const [program = process.execPath, ...first] = [...(options.launcher ?? []), ...itself];
  const child = spawn(
    program,
    [...first, `--metrics-addr=127.0.0.1:${metricsPort}`, `--health-addr=127.0.0.1:${healthPort}`, ...(options.flags ?? [])],
    {
      stdio: ['ignore', log, log],
      detached: options.detached ?? false,
      env: {
        ...ENVIRONMENT,
        PATH: process.env.PATH,
        KUBECONFIG: options.kubeconfig,
        RUNTIME_NAMESPACE: options.namespace,
        ...(options.temporaryDirectory === undefined ? {} : { TMPDIR: options.temporaryDirectory }),
      },
    },
  );
  closeSync(log);
  const exited = once(child, 'exit').then(([code, signal]) => (typeof code === 'number' ? code : signal === null ? 1 : 128));
  const healthUrl = `http://127.0.0.1:${healthPort}`;

  if (!options.detached) {
    // A test run that is killed must not leave controllers behind.
    const reaper = startReaper();
    reaper.guard(child.pid === undefined ? [] : [child.pid]);
    void exited.then(() => reaper[Symbol.dispose]());
  }
  const stop = async ({ graceMs = 15_000 } = {}) => {
    if (child.exitCode !== null || child.signalCode !== null) return await exited;
    child.kill('SIGTERM');
    const code = await Promise.race([exited, delay(graceMs, undefined, { ref: false })]);
    if (code !== undefined) return code;
    child.kill('SIGKILL');
    throw new Error(`${options.name} did not stop within ${graceMs} ms of SIGTERM`);
  };

  try {
    await ready({ healthUrl, exited, timeoutMs: options.readyTimeoutMs ?? 30_000 });
  } catch (error) {
    child.kill('SIGKILL');
    const tail = (await readFile(options.logFile, 'utf8')).split('\n').slice(-15).join('\n');
    throw new Error(`${options.name} did not become ready: ${(error as Error).message}; its log ends with\n${tail}`, { cause: error });
  }
  if (options.detached) child.unref();
  return {
    name: options.name,
    pid: child.pid ?? -1,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    healthUrl,
    logFile: options.logFile,
    readyMs: performance.now() - started,
    exited,
    stop,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    get ended() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

async function ready({ healthUrl, exited, timeoutMs }: { healthUrl: string; exited: Promise<number>; timeoutMs: number }): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await Promise.race([fetch(`${healthUrl}/readyz`).catch(() => undefined), exited]);
    if (typeof answer === 'number') throw new Error(`it exited with code ${answer}`);
    if (answer?.ok) return;
    await delay(25);
  }
  throw new Error(`/readyz did not answer 200 within ${timeoutMs} ms`);
}
