import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import type { ReplicaRule } from '../kustomization/rules.ts';
import { type BuildResource, gvkIn, idOf, isMap, pastIds } from '../resource/resource.ts';

/** Sets how many replicas of a name there are to be. Throws `BuildError` when nothing that can have replicas has, or had, that name. */
export function setReplicas(
  resources: readonly BuildResource[],
  { name, count }: ReplicaRule,
  { fields = DEFAULT_CONFIG.replicas, at }: { readonly fields?: readonly FieldSpec[]; readonly at: string },
): void {
  const named = resources
    .map((resource) => ({ resource, ids: [...pastIds(resource), idOf(resource)].filter((id) => id.name === name) }))
    .filter(({ ids }) => ids.length > 0);
  let isFound = false;
  for (const spec of fields) {
    for (const { resource, ids } of named) {
      if (!ids.some(({ gvk }) => appliesTo(spec, gvk))) continue;
      isFound = true;
      if (!appliesTo(spec, gvkIn(resource.object))) continue;
      visitPath(resource.object, spec, (holder, key) => {
        const current = holder[key];
        if (isMap(current) || Array.isArray(current)) throw new BuildError(`${at}: '${spec.path.join('/')}' of '${name}' is not a number`);
        holder[key] = count;
      });
    }
  }
  if (!isFound) throw new BuildError(`${at}: there is no '${name}' that has replicas`);
}
