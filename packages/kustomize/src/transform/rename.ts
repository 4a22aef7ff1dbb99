import type { GroupVersionKind } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import { type BuildResource, idOf, isMap, originalId, remember, renderId } from '../resource/resource.ts';

/** Far beyond what a cluster accepts; every name is remembered, and they grow with each kustomization around them. */
const MAX_NAME_CHARACTERS = 65_536;

/** Kinds whose names mean something of their own. */
const isKept = ({ group, kind }: GroupVersionKind): boolean =>
  kind === 'CustomResourceDefinition' || kind === 'Namespace' || (kind === 'APIService' && group === 'apiregistration.k8s.io');

/** Puts a prefix before every name, and what else the fields are. */
export function addPrefix(
  resources: readonly BuildResource[],
  prefix: string,
  fields: readonly FieldSpec[] = DEFAULT_CONFIG.namePrefix,
): void {
  rename(resources, fields, {
    change: (name) => `${prefix}${name}`,
    note: ({ prefixes }) => prefix !== '' && prefixes.push(prefix) > 0,
  });
}

/** Puts a suffix behind every name, and what else the fields are. */
export function addSuffix(
  resources: readonly BuildResource[],
  suffix: string,
  fields: readonly FieldSpec[] = DEFAULT_CONFIG.nameSuffix,
): void {
  rename(resources, fields, {
    change: (name) => `${name}${suffix}`,
    note: ({ suffixes }) => suffix !== '' && suffixes.push(suffix) > 0,
  });
}

interface Renaming {
  readonly change: (name: string) => string;
  /** Keeps what is put around the name; whether there is anything. */
  readonly note: (resource: BuildResource) => boolean;
}

function rename(resources: readonly BuildResource[], fields: readonly FieldSpec[], { change, note }: Renaming): void {
  for (const resource of resources) {
    const { gvk } = originalId(resource);
    if (isKept(gvk)) continue;
    for (const spec of fields) {
      if (!appliesTo(spec, gvk)) continue;
      if (spec.path.join('/') === 'metadata/name' && note(resource)) remember(resource);
      visitPath(resource.object, spec, (holder, key) => {
        const value = holder[key] ?? '';
        if (isMap(value) || Array.isArray(value))
          throw new BuildError(`${resource.file}: '${spec.path.join('/')}' of ${renderId(idOf(resource))} is not text`);
        const changed = change(String(value));
        if (changed.length > MAX_NAME_CHARACTERS)
          throw new BuildError(`${resource.file}: a name of ${gvk.kind} gets longer than ${MAX_NAME_CHARACTERS} characters`);
        holder[key] = changed;
      });
    }
  }
}
