import { findBinaries, lentCluster, NoControlPlane } from './binaries.ts';

// `make control-plane`: makes sure that there is something to run against, before anything else is started.
try {
  if (lentCluster(process.env) === undefined) {
    const { origin } = await findBinaries({ env: process.env, out: process.stderr });
    console.log(`control plane: ${origin}`);
  } else {
    console.log(`control plane: the cluster of ${process.env.KUBECONFIG}`);
  }
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
