import { randomBytes } from 'node:crypto';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createRawApi } from '@gotk/testkit';
import { resources, type Testbed } from './testbed.ts';

/** A token of a service account that the API server takes until it is revoked. */
export interface RevocableToken {
  readonly text: string;
  /** Resolves when the API server refuses it, which is after some ten seconds: for so long it remembers whom it has let in. */
  revoke(): Promise<void>;
}

/** A token of a ServiceAccount of the test's namespace. It is bound to a Secret, and good for as long as that is there. */
export async function revocableToken(bed: Testbed, kubeconfigPath: string, serviceAccount: string): Promise<RevocableToken> {
  const connection = await loadConnection({ kubeconfigPath });
  const { client, namespace, signal } = bed;
  const name = `bound-${randomBytes(4).toString('hex')}`;
  const secret = await bed.apply(resources.secret, { metadata: { name } });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name, uid: secret.metadata.uid };
  const raw = createRawApi(connection);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const answer = await raw.request({ method: 'POST', path, body: { spec: { expirationSeconds: 3_600, boundObjectRef } } });
  await raw.close();
  if (answer.status !== 201) throw new Error(`no token for ${serviceAccount}: ${answer.text}`);
  const text = (JSON.parse(answer.text) as { readonly status: { readonly token: string } }).status.token;
  return {
    text,
    async revoke() {
      await client.delete(resources.secret, { namespace, name }, { signal });
      const asIt = createRawApi({ ...connection, token: () => Promise.resolve(text) });
      const deadline = performance.now() + 40_000;
      while ((await asIt.request({ method: 'GET', path: '/api', signal })).status !== 401) {
        if (performance.now() > deadline) throw new Error(`the token of ${serviceAccount} is still good 40 s after it was revoked`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await asIt.close();
    },
  };
}
