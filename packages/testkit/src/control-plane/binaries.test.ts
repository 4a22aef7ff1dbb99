import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findBinaries, lentCluster, NoControlPlane } from './binaries.ts';
import { buildKey } from './build-key.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'binaries-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const out = process.stderr;
const executable = async (file: string) => {
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
};

describe('KUBEBUILDER_ASSETS', () => {
  test('comes before a build, and may do without controller manager and kubectl', async () => {
    await executable(join(directory, 'etcd'));
    await executable(join(directory, 'kube-apiserver'));

    const found = await findBinaries({ env: { KUBEBUILDER_ASSETS: directory }, out });

    expect(found).toMatchObject({ etcd: [join(directory, 'etcd')], apiServer: [join(directory, 'kube-apiserver')] });
    expect([found.controllerManager, found.kubectl]).toEqual([undefined, undefined]);
  });

  test('is refused, and not passed over, when a program is missing', async () => {
    await executable(join(directory, 'etcd'));
    await expect(findBinaries({ env: { KUBEBUILDER_ASSETS: directory }, out })).rejects.toThrow('has no kube-apiserver');
  });
});

test('without Go, assets or a cluster there is one message with the three ways out', async () => {
  const refusal = await findBinaries({ env: { PATH: directory, XDG_CACHE_HOME: directory }, out }).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(NoControlPlane);
  expect(String(refusal)).toMatch(/install Go[\s\S]*KUBEBUILDER_ASSETS[\s\S]*GOTK_TEST_CLUSTER=existing/);
});

test('without Go, a build that is already cached serves', async () => {
  const build = join(directory, 'gotk', 'control-plane', (await buildKey()).directory('go1.99'));
  await mkdir(build, { recursive: true });
  await executable(join(build, 'control-plane'));

  const found = await findBinaries({ env: { PATH: directory, XDG_CACHE_HOME: directory }, out });

  expect(found.apiServer).toEqual([join(build, 'control-plane'), 'kube-apiserver']);
});

describe('a lent cluster', () => {
  test('takes both variables', () => {
    expect(lentCluster({ KUBECONFIG: '/home/me/.kube/config' })).toBeUndefined();
    expect(lentCluster({ KUBECONFIG: 'config', GOTK_TEST_CLUSTER: 'existing' })).toBe('config');
    expect(() => lentCluster({ GOTK_TEST_CLUSTER: 'existing' })).toThrow('needs KUBECONFIG');
    expect(() => lentCluster({ GOTK_TEST_CLUSTER: 'yes' })).toThrow("'yes'");
  });
});
