// `make up`: leaves a control plane with our kinds and controllers running, and says how to use and how to stop it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKubeClient } from '@gotk/kube';
import {
  type Command,
  ensureNamespace,
  installCrds,
  leaveControlPlane,
  NoControlPlane,
  recordProcess,
  runningProcesses,
  startToolkit,
  stopRecordedProcesses,
} from '@gotk/testkit';
import { createNarrator } from './narrator.ts';
import { STATE } from './state.ts';

const NAMESPACE = 'flux-system';
const BIN = join(STATE, 'bin');
const narrator = createNarrator(process.stdout);

async function up(): Promise<void> {
  await rm(STATE, { recursive: true, force: true });
  await mkdir(STATE, { recursive: true });
  const controlPlane = await leaveControlPlane(STATE);
  narrator.step('ready', 'etcd, kube-apiserver and kube-controller-manager', controlPlane.readyMs);
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'make-up' });
  await installCrds(client, AbortSignal.timeout(60_000));
  await ensureNamespace(client, NAMESPACE, AbortSignal.timeout(60_000));
  await client.close();
  await startNode(controlPlane.kubeconfigPath);
  await linkKubectl(controlPlane.kubectlCommand);
  const directory = join(STATE, 'controllers');
  const { controllers } = await startToolkit({
    kubeconfigPath: controlPlane.kubeconfigPath,
    namespace: NAMESPACE,
    directory,
    detached: true,
  });
  for (const { name, pid, readyMs } of controllers) {
    await recordProcess(STATE, { name, pid, ending: 'terminate' });
    narrator.step('ready', name, readyMs);
  }
  console.log(`
  export KUBECONFIG=${controlPlane.kubeconfigPath}
  export PATH=${BIN}:$PATH     # kubectl

Logs: ${join(directory, '*.log')} and ${join(STATE, 'logs', '*.log')}
Stop: make down`);
}

/** A process of its own, for it has to go on when this one ends. */
async function startNode(kubeconfigPath: string): Promise<void> {
  const log = openSync(join(STATE, 'logs', 'node-simulator.log'), 'a');
  const main = fileURLToPath(new URL('./node-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, kubeconfigPath], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  await recordProcess(STATE, { name: 'node-simulator', pid: child.pid ?? -1, ending: 'terminate' });
}

/** The multi-call binary is kubectl when it is called so. */
async function linkKubectl(command: Command | undefined): Promise<void> {
  if (command === undefined) return;
  await mkdir(BIN, { recursive: true });
  await symlink(command[0], join(BIN, 'kubectl'));
}

const running = await runningProcesses(STATE);
if (running.length > 0) {
  console.error(`already up (${running.map(({ name, pid }) => `${name} ${pid}`).join(', ')}): 'make down' stops it`);
  process.exit(1);
}
try {
  await up();
  process.exit(0);
} catch (error) {
  await stopRecordedProcesses(STATE);
  console.error(error instanceof NoControlPlane || error instanceof Error ? error.message : error);
  process.exit(1);
}
