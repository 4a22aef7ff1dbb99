/** An object of the cluster that should describe another cluster, and does not, or not in a way that may be used. Only a change of the object helps. */
export class UnusableKubeconfig extends Error {
  override readonly name: string = 'UnusableKubeconfig';

  /** `from`: such as `Secret 'apps/prod'`. `problem`: what is wrong with which field, and what to do; quotes nothing of the object. */
  constructor(from: string, problem: string) {
    super(`failed to use the kubeconfig of ${from}: ${problem}`);
  }
}

/** A provider of cluster access that there is not, or not here. */
export class UnsupportedProvider extends UnusableKubeconfig {
  override readonly name = 'UnsupportedProvider';
}
