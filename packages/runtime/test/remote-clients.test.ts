import { randomBytes } from 'node:crypto';
import { type KubeObject, type Resource, systemClock } from '@gotk/apimachinery';
import { createSecretMasks } from '@gotk/auth';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { expect, inject, test } from 'vitest';
import { LeaseLost } from '../src/election/leader-election.ts';
import { createManager } from '../src/manager/create-manager.ts';
import { cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';

const core = { group: '', version: 'v1', namespaced: true } as const;
const secrets: Resource<KubeObject & { readonly data: unknown }> = { ...core, kind: 'Secret', plural: 'secrets' };
const configMaps: Resource<KubeObject> = { ...core, kind: 'ConfigMap', plural: 'configmaps' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('a cluster that an object refers to is reached by its Secret, written to only with the lease, and its login shown to nobody', async () => {
  await using bed = await cluster();
  const { client, namespace, signal } = bed;
  const { server, ca = '', token } = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const password = (await token?.()) ?? '';
  const kubeconfig = {
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    clusters: [{ name: 'x', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'x', user: { token: password } }],
  };
  const data = { value: base64(JSON.stringify(kubeconfig)) };
  await client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'remote', namespace }, data }, { signal });

  const masks = createSecretMasks();
  const managerOf = (election?: Parameters<typeof createManager>[0]['election']) =>
    createManager({
      name: `widget-controller-${randomBytes(3).toString('hex')}`,
      instance: 'pod-1',
      client,
      clock: systemClock,
      log: recordingLog(),
      masks,
      ...(election === undefined ? {} : { election }),
    });
  const cluster1 = { namespace, kubeConfig: { secretRef: { name: 'remote' } } };
  const written: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made-remotely', namespace } };

  const unled = managerOf({ namespace, leaseDurationMs: 5_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 });
  const cautious = unled.remoteClients({ policy: { allowLocalAddresses: true } });
  {
    using borrowed = await cautious.borrow(cluster1, { signal });
    expect((await borrowed.client.list(configMaps, { namespace, signal })).items).toBeInstanceOf(Array);
    await expect(borrowed.client.create(configMaps, written, { signal })).rejects.toThrow(LeaseLost);
  }
  await cautious.close();

  const manager = managerOf();
  const remotes = manager.remoteClients({ policy: { allowLocalAddresses: true } });
  using borrowed = await remotes.borrow(cluster1, { signal });
  await borrowed.client.create(configMaps, written, { signal });
  expect(await client.get(configMaps, { namespace, name: 'made-remotely' }, { signal })).toMatchObject({
    metadata: { name: 'made-remotely' },
  });
  expect(masks.of(namespace).redact(`logged in with ${password}`)).toBe('logged in with *****');

  const strict = manager.remoteClients({});
  await expect(
    strict.borrow(cluster1, { signal }).then(({ client: remote }) => remote.list(configMaps, { namespace, signal })),
  ).rejects.toThrow(/loopback/);
  await Promise.all([remotes.close(), strict.close()]);
});
