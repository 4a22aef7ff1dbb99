// The simulated node of `make up`, until it is told to stop.
import { once } from 'node:events';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { startNodeSimulator } from '@gotk/testkit';

await using _node = await startNodeSimulator(await loadConnection({ kubeconfigPath: process.argv[2] }));
await once(process, 'SIGTERM');
