import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type BuildKey, buildKey, cacheDir, MODULE_DIR } from './build-key.ts';
import { acquireLock } from './build-lock.ts';
import { progressLine, readBuildLine, renderProgress } from './build-progress.ts';

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where progress is shown. */
  readonly out: NodeJS.WriteStream;
}

/** No Go on PATH, and no build that an earlier Go left behind. */
export class NoGo extends Error {
  override readonly name = 'NoGo';
}

const BINARY = 'control-plane';
const MESSAGES_KEPT = 20;

/**
 * The multi-call binary (etcd, kube-apiserver, kube-controller-manager, kubectl): from the cache, or built into it, once for all clones and
 * all processes of this machine. Throws `NoGo`, or an error that ends with what the compiler said.
 */
export async function cachedBuild(options: BuildOptions): Promise<string> {
  const key = await buildKey();
  const goVersion = await askGo(options.env);
  if (goVersion === undefined) return builtEarlier(key, options.env);
  const binary = join(cacheDir(options.env), key.directory(goVersion), BINARY);
  if (await exists(binary)) return binary;
  await using _lock = await acquireLock(`${dirname(binary)}.lock`, {
    onWait: (pid) => options.out.write(`waiting for process ${pid}, which is building the control plane\n`),
  });
  if (!(await exists(binary))) await build(binary, { ...options, key });
  return binary;
}

async function build(binary: string, { env, out, key }: BuildOptions & { readonly key: BuildKey }): Promise<void> {
  await mkdir(dirname(binary), { recursive: true });
  const draft = `${binary}.${process.pid}`;
  const started = performance.now();
  const messages: string[] = [];
  let [modules, packages] = [0, 0];
  let total: number | undefined;
  void countPackages(env).then((count) => {
    total = count;
  });
  using progress = progressLine(out);
  const show = () => progress.show(renderProgress({ modules, packages, total, elapsedMs: performance.now() - started }));

  const compiler = go(['build', '-v', ...key.flags, '-o', draft, '.'], env);
  const ticking = setInterval(show, 1000);
  show();
  try {
    const exited = once(compiler, 'exit');
    for await (const line of createInterface({ input: compiler.stderr })) {
      const kind = readBuildLine(line);
      if (kind === 'module') modules += 1;
      else if (kind === 'package') packages += 1;
      else messages.push(line);
      show();
    }
    const [code] = await exited;
    if (code !== 0) throw new Error(`failed to build the control plane with Go:\n${messages.slice(-MESSAGES_KEPT).join('\n')}`);
    // A reader sees no binary or a whole one.
    await rename(draft, binary);
  } finally {
    clearInterval(ticking);
    compiler.kill();
    await rm(draft, { force: true });
  }
}

async function builtEarlier(key: BuildKey, env: NodeJS.ProcessEnv): Promise<string> {
  const directories = await readdir(cacheDir(env)).catch(() => []);
  for (const directory of directories.filter(key.matches)) {
    const binary = join(cacheDir(env), directory, BINARY);
    if (await exists(binary)) return binary;
  }
  throw new NoGo('no Go on PATH');
}

/** Go's version, in the module's own directory (go.mod may ask for another toolchain); undefined without Go. */
async function askGo(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const answer = await run(['env', 'GOVERSION'], env);
  if (answer !== undefined && answer.code !== 0) throw new Error(`failed to use the Go on PATH: ${answer.stderr}`);
  return answer?.stdout;
}

async function countPackages(env: NodeJS.ProcessEnv): Promise<number | undefined> {
  return (await run(['list', '-deps', '.'], env))?.stdout.split('\n').length;
}

function go(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessByStdio<null, Readable, Readable> {
  // A workspace file above the checkout would change what is built.
  return spawn('go', args, { cwd: MODULE_DIR, env: { ...env, GOWORK: 'off' }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Undefined when there is no Go. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = go(args, env);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const [code] = await once(child, 'close');
    const [stdout, stderr] = await output;
    return { code, stdout: stdout.trim(), stderr: stderr.trim() };
  } catch {
    return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
