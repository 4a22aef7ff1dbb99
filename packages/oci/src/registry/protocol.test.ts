import { createServer } from 'node:http';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { manifestBytes } from '../../test/documents.ts';
import { type Asked, never, rejection, scriptedRegistry, sendManifest } from '../../test/scripted-registry.ts';
import { connect, createRegistrySessions, parseRepository } from '../index.ts';

const MANIFEST = manifestBytes();
const TAG = '/v2/team/app/manifests/latest';
const lines = (requests: readonly Asked[]) => requests.map(({ line }) => line);

describe('an insecure registry', () => {
  test('is asked without TLS where it speaks none, and remembered for that', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      sendManifest(response, MANIFEST);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const repository = parseRepository(`oci://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/team/app`);
    const options = {
      repository,
      access: {},
      login: { kind: 'anonymous' },
      reach: 'anywhere',
      clock: fakeClock(),
      sessions: createRegistrySessions(),
    } as const;
    try {
      using insecure = connect({ ...options, insecure: true });
      await insecure.digestOf('latest', never());
      await insecure.digestOf('latest', never());
      expect(asked).toEqual([`HEAD ${TAG}`, `HEAD ${TAG}`]);

      using secure = connect({ ...options, insecure: false });
      expect(await rejection(secure.digestOf('latest', never()))).toMatchObject({ kind: 'unreachable' });
      expect(asked).toHaveLength(2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('that learned TLS since is asked anew after a failure', async () => {
    await using registry = await scriptedRegistry((_request, response) => sendManifest(response, MANIFEST));
    const sessions = createRegistrySessions();
    const plain = createServer((_request, response) => sendManifest(response, MANIFEST));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const repository = parseRepository(`oci://127.0.0.1:${port}/team/app`);
    using remote = registry.open({ sessions, insecure: true, repository });
    await remote.digestOf('latest', never());
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));

    await using later = await scriptedRegistry((_request, response) => sendManifest(response, MANIFEST), { port });
    expect(await rejection(remote.manifest('latest', never()))).toMatchObject({ kind: 'unreachable' });
    await remote.digestOf('latest', never());

    expect(lines(later.requests)).toEqual(['GET /v2/', `HEAD ${TAG}`]);
  });

  test('that speaks TLS is never asked without', async () => {
    await using registry = await scriptedRegistry((_request, response) => sendManifest(response, MANIFEST));
    using remote = registry.open({ insecure: true });
    await remote.digestOf('latest', never());
    expect(lines(registry.requests)[0]).toBe('GET /v2/');

    using distrusting = registry.open({ insecure: true, access: {} });
    expect(await rejection(distrusting.digestOf('latest', never()))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('https://'),
    });
  });
});
