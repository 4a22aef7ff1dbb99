import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterConnection } from '@gotk/kube';
import { createRawApi, issueServingCertificate } from '@gotk/testkit';

/**
 * What the API server asks of a kubelet for `kubectl logs`, and no more: what a container has printed, in full. For processes that are no containers: `logFileOf` says
 * where the log is of who has this name. The node of the node simulator says that this is its kubelet.
 */
export async function startKubelet(
  connection: ClusterConnection,
  logFileOf: (pod: string) => string | undefined,
): Promise<AsyncDisposable> {
  const server = createServer(issueServingCertificate(['127.0.0.1']), async (request, response) => {
    const [, kind, , pod = ''] = new URL(request.url ?? '', 'https://kubelet').pathname.split('/');
    const file = kind === 'containerLogs' ? logFileOf(pod) : undefined;
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/plain' }).end(await readFile(file));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const api = createRawApi(connection);
  const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: port } } };
  const answer = await api.request({
    method: 'PATCH',
    path: '/api/v1/nodes/simulated/status',
    contentType: 'application/merge-patch+json',
    body: { status },
  });
  await api.close();
  if (answer.status !== 200) throw new Error(`the node did not take its kubelet: ${answer.text}`);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
