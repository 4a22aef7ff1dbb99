import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface ContainerOptions {
  /** The image's command. */
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  /** What the image holds beside Node: path in the container → file or directory on this machine. */
  readonly contents: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Paths of writable, empty directories. */
  readonly volumes: readonly string[];
  /** Read-only files: path in the container → content. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Container extends AsyncDisposable {
  readonly pid: number;
  /** Where a volume is on this machine. */
  volume(path: string): string;
  /** stdout and stderr so far. */
  output(): string;
  /** Resolves when the URL answers 200; rejects, with the end of the output, when the program ends first or after 30 s. */
  answers(url: string): Promise<void>;
  /** SIGTERM, then the exit code; undefined if the program is still there after `graceMs`. */
  stop(graceMs: number): Promise<number | undefined>;
}

/** Into a mount namespace of one's own: as root, or as the root of a user namespace, which needs no rights. */
const DOORS = {
  root: ['unshare', '--mount', '--propagation', 'private'],
  user: ['unshare', '--user', '--map-root-user', '--mount', '--propagation', 'private'],
} as const;

/** How programs can be run here with a root of their own. Undefined where a sandbox around us forbids it, and on anything but Linux. */
export const confinement = (['root', 'user'] as const).find((as) => {
  if (process.platform !== 'linux' || (as === 'root' && process.getuid?.() !== 0)) return false;
  // What it mounts is seen by nobody else, and gone with it.
  const [enter, ...flags] = DOORS[as];
  return spawnSync(enter, [...flags, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0;
});

const NOBODY = 65534;
const FS_GROUP = 1337;

/** Runs a program as a container engine would run it. Throws where there is no `confinement`. */
export function startContainer({ entrypoint, args, contents, env, volumes, files }: ContainerOptions): Container {
  if (confinement === undefined) throw new Error('programs cannot be run with a root of their own here');
  const home = mkdtempSync(join(tmpdir(), 'container-'));
  const root = join(home, 'root');
  mkdirSync(root);
  const volume = (path: string) => join(home, 'volumes', path);
  const mounts = [...runtimeFiles(), ...Object.entries(contents).map(([path, source]) => `${source}:${path}`)];
  for (const path of volumes) {
    mkdirSync(volume(path), { recursive: true });
    // As the kubelet prepares an emptyDir for a Pod with an fsGroup.
    if (confinement === 'root') chownSync(volume(path), 0, FS_GROUP);
    chmodSync(volume(path), 0o2775);
    mounts.push(`${volume(path)}:${path}:rw`);
  }
  Object.entries(files).forEach(([path, content], index) => {
    const file = join(home, `file-${index}`);
    writeFileSync(file, content, { mode: 0o440 });
    if (confinement === 'root') chownSync(file, NOBODY, FS_GROUP);
    mounts.push(`${file}:${path}`);
  });

  const script = fileURLToPath(new URL('container.sh', import.meta.url));
  const command = ['bash', script, confinement, root, ...mounts, '--', ...entrypoint, ...args];
  // PATH is for the script; nothing in the container's root could be found by it.
  const [enter, ...flags] = DOORS[confinement];
  const child = spawn(enter, [...flags, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));

  return {
    pid: child.pid ?? -1,
    volume,
    output: () => output,
    async answers(url) {
      const deadline = performance.now() + 30_000;
      while (performance.now() < deadline && child.exitCode === null) {
        if ((await fetch(url).catch(() => undefined))?.ok) return;
        await delay(25);
      }
      const state = child.exitCode === null ? 'runs' : `has ended with code ${child.exitCode}`;
      throw new Error(`${url} never answered 200; the program ${state}, its output ends with\n${output.slice(-3000)}`);
    },
    async stop(graceMs) {
      child.kill('SIGTERM');
      const code = await Promise.race([exited, delay(graceMs, undefined, { ref: false })]);
      return code ?? undefined;
    },
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', kill);
      child.kill('SIGKILL');
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Node, the shared libraries it has loaded, and what every container has: /proc, a few devices, the resolver's files. */
function runtimeFiles(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as { readonly sharedObjects: readonly string[] };
  // The others are the vdso, which is no file, and add-ons of the test runner.
  const libraries = sharedObjects.filter((path) => /^\/.*\.so(\.\d+)*$/.test(path));
  const system = ['/proc', '/dev/null', '/dev/urandom', '/etc/hosts', '/etc/resolv.conf'];
  return [
    `${realpathSync(process.execPath)}:/usr/local/bin/node`,
    ...[...libraries, ...system].map((path) => `${realpathSync(path)}:${path}`),
  ];
}
