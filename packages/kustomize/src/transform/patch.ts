import { BuildError } from '../build-error.ts';
import { applyJsonPatch } from '../json-patch.ts';
import type { PatchRule } from '../kustomization-file.ts';
import { resolvePath } from '../path.ts';
import type { FileTree } from '../ports.ts';
import { type BuildResource, idOf, isMap, type JsonMap, metadataOf, remember, renderId } from '../resource.ts';
import { compileSelector } from '../selector.ts';
import { strategicMerge } from '../strategic-merge.ts';
import { readYaml } from '../yaml/read.ts';

/** Applies patches in order; each sees what the one before left. A patch without anything to patch is an error. Returns the resources that remain. */
export function applyPatches(
  resources: readonly BuildResource[],
  rules: readonly PatchRule[],
  { tree, directory }: { readonly tree: FileTree; readonly directory: string },
): BuildResource[] {
  let current = [...resources];
  for (const rule of rules) {
    const { bytes, at } = contentOf(rule, tree, directory);
    const documents = readYaml(bytes, at);
    const operations = documents.length === 1 && Array.isArray(documents[0]) ? documents[0] : undefined;
    if (operations !== undefined) {
      current = patchWithOperations(current, operations, { rule, at });
      continue;
    }
    if (documents.length === 0) throw new BuildError(`${at}: the patch is empty`);
    for (const document of documents) {
      if (!isMap(document)) throw new BuildError(`${at}: a patch is an object or a list of JSON 6902 operations`);
      current = patchWithObject(current, document, { rule, at });
    }
  }
  return current;
}

/** A patch rule and where its content stands, for messages. */
interface Sourced {
  readonly rule: PatchRule;
  readonly at: string;
}

function contentOf(rule: PatchRule, tree: FileTree, directory: string): { readonly bytes: Uint8Array; readonly at: string } {
  if ('text' in rule.source) return { bytes: new TextEncoder().encode(rule.source.text), at: rule.at };
  const path = resolvePath(directory, rule.source.path, rule.at);
  const bytes = tree.read(path);
  if (bytes === undefined) throw new BuildError(`${rule.at}: there is no file '${path}'`);
  return { bytes, at: path };
}

function patchWithOperations(resources: readonly BuildResource[], operations: readonly unknown[], { rule, at }: Sourced): BuildResource[] {
  if (rule.target === undefined) throw new BuildError(`${at}: JSON 6902 operations need a target`);
  const selects = compileSelector(rule.target, rule.at);
  // As in kustomize, a selector that selects nothing is no error: the patch may be meant for only some of the overlays.
  for (const resource of resources) {
    if (selects(resource)) change(resource, applyJsonPatch(resource.object, operations, at), rule);
  }
  return [...resources];
}

function patchWithObject(resources: readonly BuildResource[], patch: JsonMap, { rule, at }: Sourced): BuildResource[] {
  const chosen = rule.target === undefined ? [namedBy(resources, patch, at)] : resources.filter(compileSelector(rule.target, rule.at));
  const gone = new Set<BuildResource>();
  for (const resource of chosen) {
    const merged = strategicMerge(resource.object, patch, { builtIn: isBuiltIn(resource), at });
    if (merged === undefined) gone.add(resource);
    else change(resource, merged, rule);
  }
  return resources.filter((resource) => !gone.has(resource));
}

/** The one object that a patch without a target names, by any name that it has had. */
function namedBy(resources: readonly BuildResource[], patch: JsonMap, at: string): BuildResource {
  const metadata = isMap(patch.metadata) ? patch.metadata : {};
  if (typeof patch.apiVersion !== 'string' || typeof patch.kind !== 'string' || typeof metadata.name !== 'string') {
    throw new BuildError(`${at}: a patch without a target must have apiVersion, kind and metadata.name`);
  }
  const wanted = idOf(patch);
  const found = resources.filter((resource) =>
    [idOf(resource.object), ...resource.pastIds].some(
      ({ gvk, name, namespace }) =>
        gvk.kind === wanted.gvk.kind &&
        gvk.group === wanted.gvk.group &&
        name === wanted.name &&
        (namespace || 'default') === (wanted.namespace || 'default'),
    ),
  );
  const [first, ...others] = found;
  if (first === undefined) throw new BuildError(`${at}: there is no ${renderId(wanted)} to patch`);
  if (others.length > 0) throw new BuildError(`${at}: several objects are called ${renderId(wanted)}`);
  return first;
}

function change(resource: BuildResource, next: JsonMap, { allowNameChange, allowKindChange }: PatchRule): void {
  const before = resource.object;
  const metadata = metadataOf(before);
  remember(resource);
  resource.object = next;
  if (!allowKindChange) Object.assign(next, { kind: before.kind, apiVersion: before.apiVersion });
  if (allowNameChange) return;
  metadataOf(next).name = metadata.name ?? '';
  if (metadata.namespace !== undefined) metadataOf(next).namespace = metadata.namespace;
}

/** Groups whose kinds come with the API server: their lists have merge keys. */
function isBuiltIn(resource: BuildResource): boolean {
  const { group } = idOf(resource.object).gvk;
  return group === '' || !group.includes('.') || group.endsWith('.k8s.io');
}
