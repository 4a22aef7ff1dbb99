import { createRawApi } from '../raw-api.ts';
import type { Binaries } from './binaries.ts';
import { type Command, type Component, startComponent, untilReady } from './component.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './flags.ts';
import type { Layout } from './layout.ts';

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly layout: Layout;
  readonly controllerManager: boolean;
  /** Told of each process as soon as it exists. */
  readonly onStart: (component: Component) => Promise<void> | void;
}

const READY_TIMEOUT_MS = 60_000;

/** Starts the components and resolves when the API server is ready. Throws with the end of the log of whichever did not come up; nothing runs on then. */
export async function launch({ binaries, layout, controllerManager, onStart }: LaunchOptions): Promise<readonly Component[]> {
  const started: Component[] = [];
  const start = async (name: string, { command, args }: { readonly command: Command; readonly args: readonly string[] }) => {
    const component = await startComponent({ name, command, args, logFile: layout.log(name) });
    started.push(component);
    await onStart(component);
    return component;
  };
  const api = createRawApi({ server: layout.server, ca: layout.ca, token: async () => layout.adminToken });
  try {
    const etcd = await start('etcd', { command: binaries.etcd, args: etcdFlags(layout) });
    // The API server keeps trying until etcd answers: both come up at the same time.
    const apiServer = await start('kube-apiserver', { command: binaries.apiServer, args: apiServerFlags(layout) });
    await untilReady(etcd, { probe: async () => (await fetch(`${layout.etcdUrl}/health`)).ok, timeoutMs: READY_TIMEOUT_MS });
    await untilReady(apiServer, {
      probe: async () => (await api.request({ method: 'GET', path: '/readyz' })).status === 200,
      timeoutMs: READY_TIMEOUT_MS,
    });
    if (controllerManager) await start('kube-controller-manager', { command: managerOf(binaries), args: controllerManagerFlags(layout) });
    return started;
  } catch (error) {
    await Promise.all(started.map((component) => component.kill()));
    throw error;
  } finally {
    await api.close();
  }
}

function managerOf({ controllerManager, origin }: Binaries): Command {
  if (controllerManager === undefined)
    throw new Error(
      `there is no kube-controller-manager in '${origin}': add it, or unset KUBEBUILDER_ASSETS to use a control plane that is built with Go`,
    );
  return controllerManager;
}
