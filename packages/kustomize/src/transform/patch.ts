import { BuildError } from '../build-error.ts';
import type { PatchRule } from '../kustomization/rules.ts';
import { blankFields } from '../merge/blank-fields.ts';
import { applyJsonPatch } from '../merge/json-patch.ts';
import { strategicMerge } from '../merge/strategic-merge.ts';
import { checkedObject } from '../resource/manifest.ts';
import {
  type BuildResource,
  idOf,
  isCalled,
  isMap,
  type JsonMap,
  keyOf,
  metadataOf,
  pastIds,
  remember,
  renderId,
} from '../resource/resource.ts';
import { refuseDuplicates } from '../resource/resource-set.ts';
import { compileSelector } from '../resource/selector.ts';
import type { SchemaChoice } from '../schema/schema-choice.ts';
import { type Document, readConfigYaml, readDocuments } from '../tree/documents.ts';
import type { LoadedFile, Loader } from '../tree/loader.ts';

/** The field that a patch is from decides what it may be. */
export type PatchField = 'patches' | 'patchesStrategicMerge' | 'patchesJson6902';

export interface PatchContext {
  readonly loader: Loader;
  readonly schemas: SchemaChoice;
  readonly field: PatchField;
}

/**
 * Applies patches in order; each sees what the one before left. A strategic merge patch without a target has to find its one object; a target that selects
 * nothing is no error, as the patch may be meant for only some of the overlays. Returns the resources that remain.
 */
export function applyPatches(
  resources: readonly BuildResource[],
  rules: readonly PatchRule[],
  { loader, schemas, field }: PatchContext,
): readonly BuildResource[] {
  const sources = rules.map((rule) => {
    const { bytes, path: at } = contentOf(rule, loader);
    return { rule, at, bytes, documents: readDocuments(bytes, at) };
  });
  const isEmpty = sources.every(({ documents }) => documents.length === 0);
  if (field !== 'patches' && isEmpty) throw new BuildError(`${sources.map(({ at }) => at).join(' and ')}: an empty patch`);
  return sources.reduce((current, { rule, at, bytes, documents }) => {
    const isJsonPatch = documents.length === 1 && Array.isArray(documents[0]?.value);
    if (field === 'patchesJson6902' && !isJsonPatch) throw new BuildError(`${at}: not a list of JSON 6902 operations`);
    if (!isJsonPatch) return patchWithObjects(current, documents, { rule, at, schemas });
    if (field === 'patchesStrategicMerge') throw new BuildError(`${at}: a list is not a strategic merge patch`);
    patchWithOperations(current, operationsOf(bytes, at), { rule, at, schemas, renames: field === 'patches' });
    return current;
  }, resources);
}

/** A patch rule and where its content stands, for messages. */
interface Sourced {
  readonly rule: PatchRule;
  readonly at: string;
  readonly schemas: SchemaChoice;
}

function contentOf({ source, at }: PatchRule, loader: Loader): LoadedFile {
  if ('text' in source) return { bytes: new TextEncoder().encode(source.text), path: at };
  if ('path' in source) return loader.load(source.path, at);
  const text = new TextEncoder().encode(source.textOrPath);
  return isPatch(text) ? { bytes: text, path: at } : loader.load(source.textOrPath, at);
}

/** Whether a text is a patch rather than the name of a file with one. */
function isPatch(text: Uint8Array): boolean {
  try {
    return readDocuments(text, '').some(({ value }) => isMap(value));
  } catch (error) {
    if (error instanceof BuildError) return false;
    throw error;
  }
}

function operationsOf(bytes: Uint8Array, at: string): readonly unknown[] {
  const [operations] = readConfigYaml(bytes, at);
  return Array.isArray(operations) ? operations : [];
}

interface Operations extends Sourced {
  /** Whether what an object was called before is remembered. */
  readonly renames: boolean;
}

function patchWithOperations(resources: readonly BuildResource[], operations: readonly unknown[], { rule, at, renames }: Operations): void {
  if (rule.target === undefined) throw new BuildError(`${at}: JSON 6902 operations need a target`);
  const selects = compileSelector(rule.target, rule.at);
  for (const resource of resources) {
    if (!selects(resource)) continue;
    if (renames) remember(resource);
    resource.object = applyJsonPatch(resource.object, operations, at);
    resource.mayHaveBlanks = false;
    resource.twins = [];
    if (operations.some(replacesAnnotations)) forgetProvenance(resource);
  }
}

// kustomize keeps what it knows of an object's origin among the annotations.
const replacesAnnotations = (operation: unknown): boolean =>
  isMap(operation) && (operation.path === '/metadata' || operation.path === '/metadata/annotations');

function forgetProvenance(resource: BuildResource): void {
  resource.origin = undefined;
  resource.transformations.length = 0;
}

function patchWithObjects(
  resources: readonly BuildResource[],
  documents: readonly Document[],
  { rule, at, schemas }: Sourced,
): readonly BuildResource[] {
  const patches = documents.map((document) => {
    if (Array.isArray(document.value)) throw new BuildError(`${at}: JSON 6902 operations must be the only document`);
    return noted(checkedObject(document, at), rule);
  });
  if (rule.target !== undefined && patches.length > 1) throw new BuildError(`${at}: a patch with a target must be one document`);
  const gone = new Set<BuildResource>();
  for (const patch of patches) {
    const present = resources.filter((resource) => !gone.has(resource));
    const chosen =
      rule.target === undefined
        ? [namedBy(present, { object: patch, scopes: schemas }, at)]
        : present.filter(compileSelector(rule.target, rule.at));
    for (const resource of chosen) if (!merge(resource, patch, { rule, at, schemas })) gone.add(resource);
    if (rule.allowNameChange || rule.allowKindChange)
      refuseDuplicates(
        present.filter((resource) => !gone.has(resource)),
        at,
      );
  }
  return gone.size === 0 ? resources : resources.filter((resource) => !gone.has(resource));
}

// kustomize notes targets and options among the annotations of the patch: it has some then, whatever it says.
function noted(patch: JsonMap, { target, allowNameChange, allowKindChange }: PatchRule): JsonMap {
  const metadata = metadataOf(patch);
  if ((target !== undefined || allowNameChange || allowKindChange) && metadata.annotations === null) delete metadata.annotations;
  return patch;
}

/** The one object that a patch without a target names, by any name that it has had. */
function namedBy(resources: readonly BuildResource[], patch: Pick<BuildResource, 'object' | 'scopes'>, at: string): BuildResource {
  const wanted = idOf(patch);
  const key = keyOf(wanted);
  const isWanted = (resource: BuildResource) => [...pastIds(resource), idOf(resource)].some((id) => keyOf(id) === key);
  // The name rules out nearly all: with a patch for each of many objects, this is what is done most.
  const [first, ...others] = resources.filter((resource) => isCalled(resource, wanted.name) && isWanted(resource));
  if (first === undefined) throw new BuildError(`${at}: there is no ${renderId(wanted)} to patch`);
  if (others.length > 0) throw new BuildError(`${at}: several objects are called ${renderId(wanted)}`);
  return first;
}

/** Merges a patch into a resource, which keeps its name, namespace and kind unless the rule allows another; false when the patch deletes it. */
function merge(resource: BuildResource, patch: JsonMap, { rule, at, schemas }: Sourced): boolean {
  const { apiVersion = '', kind = '', metadata = {} } = resource.object;
  const { name = '', namespace } = isMap(metadata) ? metadata : {};
  if (rule.allowNameChange || rule.allowKindChange) remember(resource);
  const blanks = resource.mayHaveBlanks && resource.written !== undefined ? blankFields(resource.object, resource.written) : undefined;
  const next = strategicMerge(resource.object, { ...patch, apiVersion }, { schemas: schemas.forMerging, at, blanks });
  resource.mayHaveBlanks = false;
  if (next === undefined) return false;
  if (!rule.allowKindChange) next.kind = kind;
  const merged = metadataOf(next);
  if (!rule.allowNameChange) merged.name = name;
  if (namespace === undefined) delete merged.namespace;
  else merged.namespace = namespace;
  resource.object = next;
  return true;
}
