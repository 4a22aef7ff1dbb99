import type { YamlNode } from '@gotk/apimachinery/yaml';
import { BuildError } from '../build-error.ts';
import { type BuildResource, idOf, isMap, renderId } from '../resource/resource.ts';
import { isNull, jsonOf, Mismatch, nodeOf, textOf } from './node.ts';
import { type Place, rootPlace } from './place.ts';

/** The object of a resource as the nodes that kustomize works on; `settle` puts them back. */
export const rootOf = ({ object, written }: BuildResource): Place => rootPlace(nodeOf(object, written?.()));

/** Throws `BuildError` where `run` finds that something does not fit. */
export function explained<Result>(at: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof Mismatch) throw new BuildError(`${at}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Makes the changed nodes the object of a resource. `by` says who changed them. Throws `BuildError` for what is no object any more. */
export function settle(resource: BuildResource, root: Place, by: string): void {
  const at = `${resource.file}: ${renderId(idOf(resource))}, as ${by} left it`;
  const object = explained(at, () => jsonOf(withTextAnnotations(root.node)));
  if (!isMap(object)) throw new BuildError(`${at}: it is no object`);
  // Nothing else says so before the object reaches a cluster.
  const { kind, metadata } = object;
  if (!kind) throw new BuildError(`${at}: missing kind`);
  if (!isMap(metadata) || metadata.name === undefined || metadata.name === null || metadata.name === '')
    throw new BuildError(`${at}: missing metadata.name`);
  resource.object = object;
}

// Annotations are texts, whatever they look like.
function withTextAnnotations(root: YamlNode): YamlNode {
  const metadata = entryOf(root, 'metadata');
  const annotations = metadata && entryOf(metadata.value, 'annotations');
  if (annotations?.value.kind !== 'mapping') return root;
  for (const entry of annotations.value.entries) {
    if (entry.value.kind === 'scalar' && !isNull(entry.value)) entry.value = { ...entry.value, tag: '!!str' };
  }
  return root;
}

const entryOf = (node: YamlNode, name: string) =>
  node.kind === 'mapping' ? node.entries.find(({ key }) => textOf(key) === name) : undefined;
