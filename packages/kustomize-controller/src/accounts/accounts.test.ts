import type { Kustomization } from '@gotk/api';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { BorrowedClient, KubeClient, RemoteClients } from '@gotk/kube';
import { groupKinds } from '@gotk/ssa';
import { expect, test } from 'vitest';
import { POLICY } from '../kustomization/policy.ts';
import { createAccounts } from './accounts.ts';

const client = { impersonate: () => client } as unknown as KubeClient;

const accountsOf = (borrow: () => Promise<BorrowedClient> = () => Promise.reject(new Error('nobody borrows'))) =>
  createAccounts({
    client,
    remotes: { borrow } as unknown as RemoteClients,
    defaultServiceAccount: '',
    byNamespace: false,
    settings: {
      clock: fakeClock(),
      policy: POLICY,
      takeover: { managers: [], migrateApiVersion: false },
      stageKinds: groupKinds([]),
      concurrency: 1,
      verifyAfterMs: 1_000,
      onError: () => undefined,
    },
  });

const kustomization = (name: string, spec: Partial<Kustomization['spec']>): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name },
  spec: { interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' }, ...spec },
});

test('an account whose last user leaves it for another stays open for whoever comes to it at that moment', async () => {
  await using accounts = accountsOf();
  const { signal } = new AbortController();
  await accounts.of(kustomization('a', { serviceAccountName: 'one' }), { signal });
  const [, joined] = await Promise.all([
    accounts.of(kustomization('a', { serviceAccountName: 'two' }), { signal }),
    accounts.of(kustomization('b', { serviceAccountName: 'one' }), { signal }),
  ]);
  for (let run = 0; run < 2; run++) expect(await accounts.of(kustomization('b', { serviceAccountName: 'one' }), { signal })).toBe(joined);
});

test('an account that was found for a run which has been overtaken is closed', async () => {
  const stop = new AbortController();
  let returned = 0;
  const borrowed = { client, madeFrom: 'it', [Symbol.dispose]: () => void returned++ };
  await using accounts = accountsOf(() => {
    stop.abort(new Error('overtaken'));
    return Promise.resolve(borrowed);
  });
  const remote = kustomization('a', { kubeConfig: { secretRef: { name: 'prod' } } });
  await expect(accounts.of(remote, { signal: stop.signal })).rejects.toThrow('overtaken');
  await expect.poll(() => returned, { timeout: 10_000 }).toBe(1);
});
