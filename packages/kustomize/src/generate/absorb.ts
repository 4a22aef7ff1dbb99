import { BuildError } from '../build-error.ts';
import {
  type BuildResource,
  idOf,
  isCalled,
  isMap,
  type Json,
  type JsonMap,
  keyOf,
  metadataOf,
  pastIds,
  renderId,
} from '../resource/resource.ts';
import { base64Lines, type Generated } from './generate-object.ts';

/**
 * Adds what a generator made. `create` must find nothing of its name; `merge` and `replace` must find one object, under any name that it has had, and take its
 * place, name and history. Throws `BuildError`.
 */
export function absorb(resources: readonly BuildResource[], { resource, behavior }: Generated, at: string): BuildResource[] {
  const id = idOf(resource);
  const key = keyOf(id);
  const found = resources.filter(
    (other) => isCalled(other, id.name) && [idOf(other), ...pastIds(other)].some((past) => keyOf(past) === key),
  );
  const [old, ...others] = found;
  if (others.length > 0) throw new BuildError(`${at}: several objects are called ${renderId(id)}`);
  if (old === undefined) {
    if (behavior !== 'create') throw new BuildError(`${at}: there is no ${renderId(id)} to ${behavior}`);
    return [...resources, resource];
  }
  if (behavior === 'create') throw new BuildError(`${at}: ${renderId(id)} is there already: its behavior must be 'merge' or 'replace'`);
  const next = behavior === 'merge' ? withoutEmpty({ ...resource.object, ...mergedData(old.object, resource.object) }) : resource.object;
  const successor: BuildResource = {
    ...old,
    object: { ...next, metadata: mergedMetadata(old.object, resource.object) },
    // A hash that the old one was to have is not enough: the new one may do without.
    isHashed: resource.isHashed && old.isHashed,
    origin: (behavior === 'merge' ? old.origin : undefined) ?? resource.origin,
  };
  return resources.map((other) => (other === old ? successor : other));
}

function mergedMetadata(old: JsonMap, generated: JsonMap): JsonMap {
  const [before, added] = [metadataOf(old), metadataOf(generated)];
  const { namespace: _namespace, ...rest } = added;
  const maps = (['labels', 'annotations'] as const).map(
    (field) => [field, { ...textMap(before[field]), ...textMap(added[field]) }] as const,
  );
  const named: JsonMap = { ...rest, name: before.name ?? '', ...(before.namespace ? { namespace: before.namespace } : {}) };
  for (const [field, map] of maps) {
    if (Object.keys(map).length > 0) named[field] = map;
    else delete named[field];
  }
  return named;
}

function mergedData(old: JsonMap, generated: JsonMap): JsonMap {
  const before = generated.kind === 'Secret' ? encodedData(old) : textMap(old.data);
  return {
    data: { ...before, ...textMap(generated.data) },
    binaryData: { ...textMap(old.binaryData), ...textMap(generated.binaryData) },
  };
}

/** What the API server makes of a Secret: `stringData`, encoded, before `data`. */
function encodedData({ data, stringData }: JsonMap): JsonMap {
  const encoded = Object.entries(textMap(stringData)).map(
    ([key, text]) => [key, base64Lines(new TextEncoder().encode(String(text)))] as const,
  );
  return { ...textMap(data), ...Object.fromEntries(encoded) };
}

function withoutEmpty(object: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([field, value]) => !['data', 'binaryData'].includes(field) || !isMap(value) || Object.keys(value).length > 0,
    ),
  );
}

const textMap = (value: Json | undefined): JsonMap =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, each === null ? '' : String(each)])) : {};
