import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from './binaries.ts';
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
  /** Where progress of a build is shown; default: stderr. */
  readonly out?: NodeJS.WriteStream;
}

/** A control plane that ends with its owner. */
export interface ControlPlane extends RunningControlPlane, AsyncDisposable {}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on loopback, in a directory of their own, and resolves when the API server is ready. Disposing ends
 * them and removes the directory; so does the death of this process, however it comes. Throws `NoControlPlane` when there is nothing to start.
 */
export async function startControlPlane({
  controllerManager = true,
  audit,
  out = process.stderr,
}: StartOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries({ env: process.env, out });
  const directory = await mkdtemp(join(tmpdir(), 'gotk-control-plane-'));
  const reaper = startReaper(directory);
  const pids: number[] = [];
  const layout = await layOut(directory, { audit });
  const started = performance.now();
  const onStart = ({ pid }: { readonly pid: number }) => {
    pids.push(pid);
    reaper.guard(pids);
  };
  try {
    const components = await launch({ binaries, layout, controllerManager, onStart });
    const readyMs = performance.now() - started;
    return {
      ...describeRunning(layout, { processes: components, kubectl: binaries.kubectl, readyMs }),
      async [Symbol.asyncDispose]() {
        await Promise.all([...components].reverse().map((component) => component.kill()));
        reaper[Symbol.dispose]();
        await rm(directory, { recursive: true, force: true });
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
  const components = await launch({
    binaries,
    layout,
    controllerManager: true,
    onStart: ({ name, pid }) => recordProcess(directory, { name, pid, ending: 'kill' }),
  });
  return describeRunning(layout, { processes: components, kubectl: binaries.kubectl, readyMs: performance.now() - started });
}
