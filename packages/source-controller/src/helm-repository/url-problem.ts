import type { HelmRepository } from '@gotk/api';
import { type ConditionUpdate, Stalled } from '@gotk/runtime';

/** Why a repository with an index can never be fetched from its address. */
export function urlProblem({ url }: Pick<HelmRepository['spec'], 'url'>): Stalled | undefined {
  if (url.startsWith('oci://')) return stalled("'oci' URL scheme cannot be used with 'default' HelmRepository type");
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '') return stalled('spec.url is not a URL');
  // It would show in every listing of the object.
  if (parsed.password !== '') return stalled('spec.url must not hold a password: put it into the Secret of spec.secretRef');
  return undefined;
}

function stalled(why: string): Stalled {
  const said = { reason: 'URLInvalid', message: `invalid Helm repository URL: ${why}` };
  const condition: ConditionUpdate = { type: 'FetchFailed', status: 'True', ...said };
  return new Stalled({ ...said, conditions: [condition] });
}
