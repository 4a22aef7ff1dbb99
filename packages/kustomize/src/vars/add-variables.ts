import { BuildError } from '../build-error.ts';
import { type BuildResource, idOf, isCalled, pastIds, type ResourceId, renderId } from '../resource/resource.ts';
import type { Variable } from './variable.ts';

/** The variables of a build, by name. */
export type Variables = ReadonlyMap<string, Variable>;

/**
 * Adds variables, and tells the object that each takes its value from: it may change its name later on. Throws `BuildError` for a name that is there already,
 * and for a variable that may mean several objects.
 */
export function addVariables(
  { resources, vars }: { readonly resources: readonly BuildResource[]; readonly vars: Variables },
  more: readonly Variable[],
): Variables {
  if (more.length === 0) return vars;
  const all = new Map(vars);
  for (const variable of more) {
    const owners = resources.filter(
      (resource) => isCalled(resource, variable.object.name) && [...pastIds(resource), idOf(resource)].some((id) => isMeant(id, variable)),
    );
    const [owner, other] = owners;
    if (owner !== undefined && other !== undefined)
      throw new BuildError(
        `${variable.at}: '${variable.name}' may mean ${renderId(idOf(owner))} or ${renderId(idOf(other))}: say its namespace`,
      );
    owner?.vars.add(variable.name);
    if (all.has(variable.name))
      throw new BuildError(`${variable.at}: there is a variable '${variable.name}' already, at ${all.get(variable.name)?.at}`);
    all.set(variable.name, variable);
  }
  return all;
}

function isMeant({ gvk, namespace, name }: ResourceId, { object }: Variable): boolean {
  const { group, version, kind } = object;
  if (name !== object.name || gvk.group !== group || gvk.version !== version || gvk.kind !== kind) return false;
  // Without a namespace, any will do; with one, nothing that has none.
  return object.namespace === '' || namespace === object.namespace;
}
