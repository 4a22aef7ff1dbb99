import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { compactEtcd } from './etcd.ts';

async function gateway(answer: (path: string) => { readonly status: number; readonly body: unknown }) {
  const seen: { readonly path: string; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ path: request.url ?? '', body: JSON.parse(await text(request)) });
    const { status, body } = answer(request.url ?? '');
    response.writeHead(status).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('compacts up to the present revision, which may be larger than a number of JavaScript', async () => {
  const revision = '9007199254740993';
  using etcd = await gateway(() => ({ status: 200, body: { header: { revision } } }));

  expect(await compactEtcd(etcd.url)).toBe(9_007_199_254_740_993n);

  expect(etcd.seen.at(-1)).toEqual({ path: '/v3/kv/compaction', body: { revision, physical: true } });
});

test('a refusal is an error with what etcd said', async () => {
  using etcd = await gateway((path) =>
    path.endsWith('compaction')
      ? { status: 400, body: { message: 'required revision has been compacted' } }
      : { status: 200, body: { header: { revision: '7' } } },
  );

  await expect(compactEtcd(etcd.url)).rejects.toThrow(/400.*\/v3\/kv\/compaction.*has been compacted/);
});
