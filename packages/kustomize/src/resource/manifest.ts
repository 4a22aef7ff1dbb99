import type { YamlNode } from '@gotk/apimachinery/yaml';
import { BuildError } from '../build-error.ts';
import type { Document } from '../tree/documents.ts';
import type { Scopes } from './cluster-scoped.ts';
import { type BuildResource, copyOf, isMap, type Json, type JsonMap, metadataOf, newResource } from './resource.ts';

/** A file of manifests, and what the build that it is read for knows of kinds. */
export interface Manifest {
  readonly file: string;
  readonly scopes: Scopes;
}

/** The resources in the documents of a manifest. Lists are taken apart, behind everything else. Throws `BuildError` for what is no Kubernetes object. */
export function resourcesOf(documents: readonly Document[], { file, scopes }: Manifest): BuildResource[] {
  const queue = documents.map((document, index) => ({
    document,
    at: documents.length === 1 ? file : `${file}: document ${index + 1}`,
    isItem: false,
  }));
  const resources: BuildResource[] = [];
  for (const { document, at, isItem } of queue) {
    const object = checkedObject(document, at);
    const items = itemsOf(object, at);
    if (items === undefined) resources.push(resourceOf(object, { file, scopes, at, node: document.node, isItem }));
    else {
      const written = (index: number) => {
        const text = document.written();
        return isMap(text) && Array.isArray(text.items) ? text.items[index] : undefined;
      };
      // One by one: a call takes only so many arguments.
      for (const [index, value] of items.entries())
        queue.push({
          document: { value, written: () => written(index), node: () => itemNode(document, index) },
          at: `${at}: items[${index}]`,
          isItem: true,
        });
    }
  }
  return resources;
}

function itemNode({ node }: Document, index: number): YamlNode | undefined {
  const list = node?.();
  const items = list?.kind === 'mapping' ? list.entries.find(({ key }) => key.kind === 'scalar' && key.text === 'items')?.value : undefined;
  return items?.kind === 'sequence' ? items.items[index] : undefined;
}

interface Origin extends Manifest {
  readonly at: string;
  readonly node: Document['node'];
  readonly isItem: boolean;
}

function resourceOf(object: JsonMap, { file, scopes, at, node, isItem }: Origin): BuildResource {
  const { name = '' } = metadataOf(object);
  if (typeof name !== 'string') throw new BuildError(`${at}: metadata.name must be a string: quote it`);
  // To take a list apart, kustomize makes it JSON.
  return { ...newResource(object, file, { written: node, scopes }), mayHaveBlanks: !isItem };
}

/** A copy of an object, or of a patch of one, with annotations as they are written. Throws `BuildError` when it has no kind or no name. */
export function checkedObject({ value, written }: Document, at: string): JsonMap {
  if (!isMap(value)) throw new BuildError(`${at}: not a Kubernetes object`);
  const { kind, metadata } = value;
  if (typeof kind !== 'string' || kind === '') throw new BuildError(`${at}: missing kind`);
  if (!kind.endsWith('List') && (!isMap(metadata) || metadata.name === undefined || metadata.name === null || metadata.name === ''))
    throw new BuildError(`${at}: missing metadata.name in ${kind}`);
  // Aliases make parts of a document one and the same value: a resource must own what it may change.
  const object = copyOf(value);
  const annotations = isMap(object.metadata) ? object.metadata.annotations : undefined;
  if (isMap(annotations) && Object.values(annotations).some(isInterpreted)) {
    const texts = Object.entries(writtenIn(written(), 'annotations')).filter(([, each]) => typeof each === 'string');
    Object.assign(annotations, Object.fromEntries(texts));
  }
  return object;
}

/** The entries of a map of texts, as they are written; '' for what is no text. */
export const writtenTexts = ({ written }: Document, field: 'labels' | 'annotations'): JsonMap =>
  Object.fromEntries(Object.entries(writtenIn(written(), field)).map(([key, each]) => [key, typeof each === 'string' ? each : '']));

function writtenIn(document: unknown, field: 'labels' | 'annotations'): JsonMap {
  const metadata = isMap(document) && isMap(document.metadata) ? document.metadata : {};
  const map = metadata[field];
  return isMap(map) ? map : {};
}

function itemsOf(object: JsonMap, at: string): readonly Json[] | undefined {
  if (!String(object.kind).endsWith('List') || !Object.hasOwn(object, 'items')) return undefined;
  const items = object.items ?? [];
  if (!Array.isArray(items)) throw new BuildError(`${at}: items must be a list`);
  return items;
}

// A time is text in another form than the one it was written in.
const isInterpreted = (value: Json): boolean => typeof value !== 'string' || /^\d{4}-\d\d-\d\dT/.test(value);

/** Leaves an object with annotations that are text, or none. */
export function settleAnnotations(object: JsonMap): void {
  const metadata = metadataOf(object);
  const { annotations } = metadata;
  if (annotations === null || (isMap(annotations) && Object.keys(annotations).length === 0)) delete metadata.annotations;
  if (!isMap(annotations)) return;
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') annotations[key] = value === null || typeof value === 'object' ? '' : String(value);
  }
}
