import type { ClusterConnection } from '@gotk/kube';
import type { Command } from './component.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import type { Layout } from './layout.ts';

/** What a test or a person needs to use a control plane. */
export interface RunningControlPlane {
  /** `https://127.0.0.1:port` */
  readonly server: string;
  /** As a user who may do everything. */
  readonly connection: ClusterConnection;
  readonly ca: string;
  readonly adminToken: string;
  readonly kubeconfigPath: string;
  /** Of the user whose requests `audit: 'controllers'` writes down. */
  readonly controllersKubeconfigPath: string;
  /** Holds all data, keys and logs. */
  readonly directory: string;
  readonly auditLog: string | undefined;
  readonly processes: readonly ControlPlaneProcess[];
  /** The real kubectl, as administrator. */
  readonly kubectl: Kubectl;
  /** How to run it elsewhere; undefined when `KUBEBUILDER_ASSETS` has none. */
  readonly kubectlCommand: Command | undefined;
  /** From the first spawn until every component was ready. */
  readonly readyMs: number;
}

export interface ControlPlaneProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
}

export function describeRunning(
  layout: Layout,
  seen: { readonly processes: readonly ControlPlaneProcess[]; readonly kubectl: Command | undefined; readonly readyMs: number },
): RunningControlPlane {
  const { server, ca, adminToken, kubeconfigPath, controllersKubeconfigPath, directory, auditLog } = layout;
  return {
    server,
    connection: { server, ca, token: async () => adminToken },
    ca,
    adminToken,
    kubeconfigPath,
    controllersKubeconfigPath,
    directory,
    auditLog,
    processes: seen.processes.map(({ name, pid, logFile }) => ({ name, pid, logFile })),
    kubectl: kubectlFor({ command: seen.kubectl, kubeconfigPath }),
    kubectlCommand: seen.kubectl,
    readyMs: seen.readyMs,
  };
}
