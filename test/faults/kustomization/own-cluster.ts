import { createKubeClient } from '@gotk/kube';
import { type ControlPlane, installCrds, type StartOptions, startControlPlane } from '@gotk/testkit';
import { afterAll, beforeAll } from 'vitest';

/** For the top of a test file: a control plane with our kinds, whose objects no controller but the test's own looks at. */
export function ownCluster(options: StartOptions = {}): { readonly plane: ControlPlane } {
  let plane: ControlPlane | undefined;
  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: false, ...options });
    const client = createKubeClient({ connection: plane.connection, userAgent: 'test' });
    await installCrds(client, AbortSignal.timeout(30_000));
    await client.close();
  });
  afterAll(() => plane?.[Symbol.asyncDispose]());
  return {
    get plane() {
      if (plane === undefined) throw new Error('the cluster is for tests');
      return plane;
    },
  };
}
