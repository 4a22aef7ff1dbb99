import { BuildError } from '../build-error.ts';
import type { PatchRule } from '../kustomization/rules.ts';
import { blankFields } from '../merge/blank-fields.ts';
import { applyJsonPatch } from '../merge/json-patch.ts';
import { strategicMerge } from '../merge/strategic-merge.ts';
import { checkedObject, writtenTexts } from '../resource/manifest.ts';
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
    if (!isJsonPatch) return patchWithObjects(current, documents, { rule, at, schemas, field });
    if (field === 'patchesStrategicMerge') throw new BuildError(`${at}: a list is not a strategic merge patch`);
    patchWithOperations(current, operationsOf(bytes, at), { rule, at, schemas, field });
    return current;
  }, resources);
}

/** A patch rule and where its content stands, for messages. */
interface Sourced {
  readonly rule: PatchRule;
  readonly at: string;
  readonly schemas: SchemaChoice;
  readonly field: PatchField;
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

function patchWithOperations(resources: readonly BuildResource[], operations: readonly unknown[], { rule, at, field }: Sourced): void {
  if (rule.target === undefined) throw new BuildError(`${at}: JSON 6902 operations need a target`);
  const selects = compileSelector(rule.target, rule.at);
  for (const resource of resources) {
    if (!selects(resource)) continue;
    if (field === 'patches') remember(resource);
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
  { rule, at, schemas, field }: Sourced,
): readonly BuildResource[] {
  const patches = documents.map((document) => {
    if (Array.isArray(document.value)) throw new BuildError(`${at}: JSON 6902 operations must be the only document`);
    return preparedPatch(document, { rule, at, schemas, field });
  });
  if (rule.target !== undefined && patches.length > 1) throw new BuildError(`${at}: a patch with a target must be one document`);
  const gone = new Set<BuildResource>();
  for (const patch of patches) {
    const present = resources.filter((resource) => !gone.has(resource));
    const chosen =
      rule.target === undefined
        ? [namedBy(present, { object: patch, scopes: schemas }, at)]
        : present.filter(compileSelector(rule.target, rule.at));
    for (const resource of chosen) if (!merge(resource, patch, { rule, at, schemas, field })) gone.add(resource);
    if (rule.allowNameChange || rule.allowKindChange)
      refuseDuplicates(
        present.filter((resource) => !gone.has(resource)),
        at,
      );
  }
  return gone.size === 0 ? resources : resources.filter((resource) => !gone.has(resource));
}

/**
 * A patch as kustomize merges it. What goes through the fields that it keeps notes in becomes text: a null is then the text `null`, and deletes nothing. It
 * copies the labels and annotations of patches with a target, and of those in `patchesStrategicMerge`; options it notes among the annotations.
 */
function preparedPatch(document: Document, { rule, at, field }: Sourced): JsonMap {
  const patch = checkedObject(document, at);
  const metadata = metadataOf(patch);
  const isCopied = field === 'patchesStrategicMerge' || rule.target !== undefined;
  const isNoted = isCopied || rule.allowNameChange || rule.allowKindChange;
  if (isCopied) settleTexts(metadata, 'labels', document);
  if (isNoted) settleTexts(metadata, 'annotations', document);
  else if (isMap(metadata.annotations)) metadata.annotations = withNulls(metadata.annotations, document);
  return patch;
}

function settleTexts(metadata: JsonMap, field: 'labels' | 'annotations', document: Document): void {
  const texts = writtenTexts(document, field);
  if (Object.keys(texts).length > 0) metadata[field] = texts;
  else delete metadata[field];
}

/** The annotations with those that the patch deletes. */
function withNulls(annotations: JsonMap, { value }: Document): JsonMap {
  const { annotations: read } = isMap(value) ? metadataOf(value) : {};
  const isNull = (key: string) => isMap(read) && Object.hasOwn(read, key) && read[key] === null;
  return Object.fromEntries(Object.entries(annotations).map(([key, each]) => [key, isNull(key) ? null : each]));
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
