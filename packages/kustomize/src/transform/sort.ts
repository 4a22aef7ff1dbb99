import { compareText, LEGACY_ORDER, ranksOf } from '@gotk/apimachinery';
import type { SortRule } from '../kustomization/rules.ts';
import { textOf } from '../resource/kind-order.ts';
import { type BuildResource, idOf, metadataOf, type ResourceId } from '../resource/resource.ts';

/** The resources in the order that is asked for. */
export function sortResources(resources: readonly BuildResource[], rule: SortRule): readonly BuildResource[] {
  if (rule.order === 'fifo') return resources;
  const ranks = ranksOf(rule.kinds ?? LEGACY_ORDER);
  const keyed = resources.map((resource) => {
    const id = idOf(resource);
    const { namespace } = metadataOf(resource.object);
    return { resource, id, rank: ranks.get(id.gvk.kind) ?? 0, name: `${namespace ? String(namespace) : '~X'}|${id.name || '~N'}` };
  });
  return keyed.toSorted((a, b) => a.rank - b.rank || compareIds(a, b)).map(({ resource }) => resource);
}

interface Keyed {
  readonly id: ResourceId;
  readonly name: string;
}

function compareIds(a: Keyed, b: Keyed): number {
  const [left, right] = [textOf(a.id.gvk), textOf(b.id.gvk)];
  if (left === right) return compareText(a.name, b.name);
  const areNamespaces = a.id.gvk.kind === 'Namespace' && b.id.gvk.kind === 'Namespace';
  // A Namespace of Kubernetes comes before what others call so.
  const isBackwards = areNamespaces && (a.id.gvk.group === '' || b.id.gvk.group === '');
  return isBackwards ? compareText(right, left) : compareText(left, right);
}
