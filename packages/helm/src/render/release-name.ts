import { HelmError } from '../helm-error.ts';

const MAX_CHARACTERS = 53;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Whether a release may be called so: labels have the name in them, and names of objects begin with it. Throws `HelmError` of kind `invalid-reference`. */
export function checkReleaseName(name: string): void {
  const failed = (why: string) =>
    new HelmError('invalid-reference', `release name check failed: release name ${JSON.stringify(name.slice(0, 256))}: ${why}`);
  if (name === '') throw failed('no name provided');
  if (name.length <= MAX_CHARACTERS && NAME.test(name)) return;
  throw failed(`invalid release name, must match regex ${NAME.source} and the length must not be longer than ${MAX_CHARACTERS}`);
}
