import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, cachedBuild, NoGo } from './build.ts';
import type { Command } from './component.ts';

/** The programs of a control plane. */
export interface Binaries {
  readonly etcd: Command;
  readonly apiServer: Command;
  readonly controllerManager: Command | undefined;
  readonly kubectl: Command | undefined;
  /** Where they come from, for messages. */
  readonly origin: string;
}

/** There is neither a control plane nor the means to build one. The message names what would help. */
export class NoControlPlane extends Error {
  override readonly name = 'NoControlPlane';
}

const WAYS_OUT = `no Kubernetes control plane to run against; any one of these will do:
  - install Go (https://go.dev/dl): a control plane is then built once, in about 5-10 minutes, and kept
  - set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kube-controller-manager
  - set GOTK_TEST_CLUSTER=existing and KUBECONFIG, to use a cluster that you have`;

/**
 * Finds the programs: `KUBEBUILDER_ASSETS` if set (kube-controller-manager and kubectl may be missing there), else the cached build, else
 * it builds them. Throws `NoControlPlane`.
 */
export async function findBinaries(options: BuildOptions): Promise<Binaries> {
  const assets = options.env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== '') return fromAssets(assets);
  try {
    const binary = await cachedBuild(options);
    return {
      etcd: [binary, 'etcd'],
      apiServer: [binary, 'kube-apiserver'],
      controllerManager: [binary, 'kube-controller-manager'],
      kubectl: [binary, 'kubectl'],
      origin: binary,
    };
  } catch (error) {
    throw error instanceof NoGo ? new NoControlPlane(WAYS_OUT) : error;
  }
}

async function fromAssets(directory: string): Promise<Binaries> {
  const find = async (name: string): Promise<Command | undefined> => {
    const file = join(directory, name);
    return access(file, constants.X_OK).then(
      () => [file] as const,
      () => undefined,
    );
  };
  const [etcd, apiServer, controllerManager, kubectl] = await Promise.all(
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'].map(find),
  );
  if (etcd === undefined || apiServer === undefined)
    throw new NoControlPlane(
      `KUBEBUILDER_ASSETS is '${directory}', which has no ${etcd === undefined ? 'etcd' : 'kube-apiserver'}: correct it, or unset it to use a control plane that is built with Go`,
    );
  return { etcd, apiServer, controllerManager, kubectl, origin: directory };
}

/**
 * The kubeconfig of the cluster that the user explicitly lends to the tests: `GOTK_TEST_CLUSTER=existing` with `KUBECONFIG`.
 * Undefined without that; `KUBECONFIG` alone is never taken for a permission. Throws `NoControlPlane` when the two do not fit.
 */
export function lentCluster(env: NodeJS.ProcessEnv): string | undefined {
  switch (env.GOTK_TEST_CLUSTER ?? '') {
    case '':
      return undefined;
    case 'existing':
      if (env.KUBECONFIG === undefined || env.KUBECONFIG === '')
        throw new NoControlPlane('GOTK_TEST_CLUSTER=existing needs KUBECONFIG to say which cluster');
      return env.KUBECONFIG;
    default:
      throw new NoControlPlane(`GOTK_TEST_CLUSTER is '${env.GOTK_TEST_CLUSTER}': the only value is 'existing'`);
  }
}
