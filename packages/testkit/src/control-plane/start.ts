import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactEtcd } from '../etcd.ts';
import { findBinaries } from './binaries.ts';
import type { ComponentName, ComponentPlace, RestartOptions } from './component-place.ts';
import { launch } from './launch.ts';
import { type Audit, layOut } from './layout.ts';
import { recordProcess } from './process-record.ts';
import { startReaper } from './reaper.ts';
import { describeRunning, type RunningControlPlane } from './running.ts';

export interface StartOptions {
  /** Also run kube-controller-manager: workloads, garbage collection, namespaces that can be deleted. Default: true. */
  readonly controllerManager?: boolean;
  /** Write requests to `auditLog`, one JSON event a line. */
  readonly audit?: Audit;
  /** Further flags of kube-apiserver, such as `--watch-cache=false`. */
  readonly apiServerFlags?: readonly string[];
  /** Further flags of kube-controller-manager; `--controllers` adds to those that run in any case. */
  readonly controllerManagerFlags?: readonly string[];
  /** Where progress of a build is shown; default: stderr. */
  readonly out?: NodeJS.WriteStream;
}

/** A control plane that ends with its owner, and that a test may do violence to. */
export interface ControlPlane extends RunningControlPlane, AsyncDisposable {
  /** Ends a component and resolves when its successor is ready: same port, data and certificates. Throws when it does not come up. */
  restart(name: ComponentName, options?: RestartOptions): Promise<void>;
  /** Freezes a component: its connections stay open, and nothing answers. */
  pause(name: ComponentName): void;
  /** Lets a frozen component go on. */
  resume(name: ComponentName): void;
  /** Makes etcd forget every revision before its present one; resolves with that. */
  compact(): Promise<bigint>;
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on loopback, in a directory of their own, and resolves when the API server is
 * ready. Disposing ends them and removes the directory; so does the death of this process, however it comes. Throws `NoControlPlane` when
 * there is nothing to start.
 */
export async function startControlPlane({
  controllerManager = true,
  audit,
  apiServerFlags = [],
  controllerManagerFlags = [],
  out = process.stderr,
}: StartOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries({ env: process.env, out });
  const directory = await mkdtemp(join(tmpdir(), 'gotk-control-plane-'));
  const reaper = startReaper(directory);
  const layout = await layOut(directory, { audit });
  const started = performance.now();
  const pids = new Map<string, number>();
  const onStart = ({ name, pid }: { readonly name: string; readonly pid: number }) => {
    pids.set(name, pid);
    reaper.guard([...pids.values()]);
  };
  try {
    const places = await launch({ binaries, layout, controllerManager, apiServerFlags, controllerManagerFlags, onStart });
    const readyMs = performance.now() - started;
    const running = () => places.map(({ component }) => component);
    const place = (name: ComponentName): ComponentPlace => {
      const found = places.find((each) => each.name === name);
      if (found === undefined) throw new Error(`this control plane runs no ${name}`);
      return found;
    };
    return {
      ...describeRunning(layout, { processes: running(), kubectl: binaries.kubectl, readyMs }),
      get processes() {
        return running().map(({ name, pid, logFile }) => ({ name, pid, logFile }));
      },
      restart: (name, options) => place(name).restart(options),
      pause: (name) => place(name).pause(),
      resume: (name) => place(name).resume(),
      compact: () => compactEtcd(layout.etcdUrl),
      async [Symbol.asyncDispose]() {
        await Promise.all([...places].reverse().map((each) => each.kill()));
        reaper[Symbol.dispose]();
        await rm(directory, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (error) {
    reaper[Symbol.dispose]();
    throw error;
  }
}

/**
 * The same, for processes that outlive this one: each is recorded in the directory, for `stopRecordedProcesses` to find.
 */
export async function leaveControlPlane(
  directory: string,
  { out = process.stderr }: Pick<StartOptions, 'out'> = {},
): Promise<RunningControlPlane> {
  const binaries = await findBinaries({ env: process.env, out });
  await mkdir(directory, { recursive: true });
  const layout = await layOut(directory, { audit: undefined });
  const started = performance.now();
  const places = await launch({
    binaries,
    layout,
    controllerManager: true,
    onStart: ({ name, pid }) => recordProcess(directory, { name, pid, ending: 'kill' }),
  });
  return describeRunning(layout, {
    processes: places.map(({ component }) => component),
    kubectl: binaries.kubectl,
    readyMs: performance.now() - started,
  });
}
