import { createRawApi } from '../raw-api.ts';
import type { Binaries } from './binaries.ts';
import type { Command, Component } from './component.ts';
import { type ComponentName, type ComponentPlace, openPlace } from './component-place.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './flags.ts';
import type { Layout } from './layout.ts';

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly layout: Layout;
  readonly controllerManager: boolean;
  /** Further flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
  /** Further flags of kube-controller-manager. */
  readonly controllerManagerFlags?: readonly string[];
  /** Told of each process as soon as it exists. */
  readonly onStart: (component: Component) => Promise<void> | void;
}

const READY_TIMEOUT_MS = 60_000;

interface Program {
  readonly command: Command;
  readonly args: readonly string[];
  readonly probe?: () => Promise<boolean>;
}

/**
 * Starts the components and resolves when the API server is ready. Throws with the end of the log of whichever did not come up; nothing
 * runs on then.
 */
export async function launch(options: LaunchOptions): Promise<readonly ComponentPlace[]> {
  const { binaries, layout, controllerManager, onStart } = options;
  const places: ComponentPlace[] = [];
  const open = async (name: ComponentName, program: Program) => {
    const place = await openPlace({ name, ...program, logFile: layout.log(name), readyTimeoutMs: READY_TIMEOUT_MS, onStart });
    places.push(place);
    return place;
  };
  try {
    const etcd = await open('etcd', {
      command: binaries.etcd,
      args: etcdFlags(layout),
      probe: async () => (await fetch(`${layout.etcdUrl}/health`)).ok,
    });
    // The API server keeps trying until etcd answers: both come up at the same time.
    const apiServer = await open('kube-apiserver', {
      command: binaries.apiServer,
      args: [...apiServerFlags(layout), ...(options.apiServerFlags ?? [])],
      probe: () => answersReady(layout),
    });
    await etcd.ready();
    await apiServer.ready();
    const managerFlags = [...controllerManagerFlags(layout), ...(options.controllerManagerFlags ?? [])];
    if (controllerManager) await open('kube-controller-manager', { command: managerOf(binaries), args: managerFlags });
    return places;
  } catch (error) {
    await Promise.all(places.map((place) => place.kill()));
    throw error;
  }
}

const PROBE_TIMEOUT_MS = 2_000;

async function answersReady({ server, ca, adminToken }: Layout): Promise<boolean> {
  const api = createRawApi({ server, ca, token: async () => adminToken });
  try {
    return (await api.request({ method: 'GET', path: '/readyz', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).status === 200;
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
