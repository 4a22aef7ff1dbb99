// `make up`: leaves a control plane with our kinds and controllers running, and says how to use and how to stop it.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createKubeClient } from '@gotk/kube';
import { installCrds, leaveControlPlane, NoControlPlane, recordProcess, runningProcesses, startNodeSimulator, startToolkit, stopRecordedProcesses } from '@gotk/testkit';
import { createNarrator } from './narrator.ts';
import { STATE } from './state.ts';

const narrator = createNarrator(process.stdout);

async function up(): Promise<void> {
  const running = await runningProcesses(STATE);
  if (running.length > 0) throw new Error(`already up (${running.map(({ name, pid }) => `${name} ${pid}`).join(', ')}): 'make down' stops it`);
  await rm(STATE, { recursive: true, force: true });
  await mkdir(STATE, { recursive: true });
  const controlPlane = await leaveControlPlane(STATE);
  narrator.step('ready', 'etcd, kube-apiserver and kube-controller-manager', controlPlane.readyMs);
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'make-up' });
  await installCrds(client, AbortSignal.timeout(60_000));
  await client.close();
  const directory = join(STATE, 'controllers');
  const { controllers } = await startToolkit({ kubeconfigPath: controlPlane.kubeconfigPath, namespace: 'flux-system', directory, detached: true });
  for (const { name, pid, readyMs } of controllers) {
    await recordProcess(STATE, { name, pid, ending: 'terminate' });
    narrator.step('ready', name, readyMs);
  }
  console.log(`
  export KUBECONFIG=${controlPlane.kubeconfigPath}

Logs: ${join(directory, '*.log')} and ${join(STATE, 'logs', '*.log')}
Stop: make down`);
  void startNodeSimulator;
}

try {
  await up();
  process.exit(0);
} catch (error) {
  await stopRecordedProcesses(STATE);
  console.error(error instanceof NoControlPlane || error instanceof Error ? error.message : error);
  process.exit(1);
}
