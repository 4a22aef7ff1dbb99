import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startFarServer } from './far-server.ts';

test('a request arrives later, as it was sent', async () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.end(Buffer.concat(chunks).toString().toUpperCase());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await using far = await startFarServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 50);
    const text = 'abc'.repeat(100_000);
    const began = performance.now();
    const answer = await fetch(far.url, { method: 'POST', body: text });
    expect(await answer.text()).toBe(text.toUpperCase());
    expect(performance.now() - began).toBeGreaterThanOrEqual(50);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
