import { isObject } from '../fields.ts';
import { type Draft, draftOf, idKeyword, schemasIn } from './draft.ts';
import { below, isPointer, renderLocation, resolveReference, splitUrl } from './location.ts';
import { InvalidSchema, SchemaTooLarge } from './schema-error.ts';

/** Several times what the largest charts have, all of whose work is in proportion to it. */
const MAX_SCHEMAS = 50_000;

/** A schema with a name of its own: what its references are relative to. */
export interface Resource {
  readonly pointer: string;
  readonly id: string;
  readonly draft: Draft;
  /** Names of places in it, by which it can be referred to. */
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

/** A document of schemas. */
export interface SchemaDocument {
  readonly url: string;
  readonly content: unknown;
  /** By their pointers, and by their names. */
  readonly resources: Map<string, Resource>;
  readonly byId: Map<string, Resource>;
  /** Pointers of what is known to be a schema. */
  readonly schemas: Set<string>;
}

/** Draft of a schema by its `$schema`, where that is no draft's. Throws `InvalidSchema` when it may not be looked at. */
export type DraftOfOther = (url: string, fallback: Draft) => Draft;

export interface Reading {
  readonly fallback: Draft;
  readonly draftOfOther: DraftOfOther;
}

/** Finds the names in a document. Throws `InvalidSchema` for those that are there twice. */
export function readDocument(url: string, content: unknown, reading: Reading): SchemaDocument {
  const document: SchemaDocument = { url, content, resources: new Map(), byId: new Map(), schemas: new Set() };
  collect(document, { schema: content, pointer: '', base: url }, reading);
  return document;
}

/** Takes what is at a pointer for a schema too, though no keyword says so. */
export function addSchemaAt(
  document: SchemaDocument,
  place: { readonly schema: unknown; readonly pointer: string },
  reading: Reading,
): void {
  const { id, draft } = resourceOf(document, place.pointer);
  collect(document, { ...place, base: id }, { ...reading, fallback: draft });
}

/** The innermost resource that a pointer leads into. */
export function resourceOf(document: SchemaDocument, pointer: string): Resource {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = document.resources.get(at);
    if (found !== undefined) return found;
  }
  const root = document.resources.get('');
  if (root === undefined) throw new InvalidSchema(`there is no schema in ${JSON.stringify(document.url)}`);
  return root;
}

interface Place {
  readonly schema: unknown;
  readonly pointer: string;
  readonly base: string;
}

function collect(document: SchemaDocument, { schema, pointer, base }: Place, reading: Reading): void {
  if (document.schemas.has(pointer)) return;
  if (document.schemas.size >= MAX_SCHEMAS) throw new SchemaTooLarge(`there are more than ${MAX_SCHEMAS} schemas in it`);
  document.schemas.add(pointer);
  if (!isObject(schema)) {
    if (pointer === '') addResource(document, { pointer, id: base, draft: reading.fallback });
    return;
  }
  const { draft, id } = identityOf({ schema, pointer, base: document.url }, reading);
  const named = id === undefined ? base : joined(base, { id, document, pointer });
  if (id !== undefined || pointer === '') addResource(document, { pointer, id: named, draft });
  const resource = document.byId.get(named);
  if (resource === undefined) throw new InvalidSchema(`there is no schema named ${JSON.stringify(named)}`);
  for (const { name, isDynamic } of anchorsOf(schema, draft)) addAnchor(document, resource, { name, isDynamic, pointer });
  for (const [tokens, item] of schemasIn(schema, draft)) {
    collect(document, { schema: item, pointer: below(pointer, ...tokens), base: named }, { ...reading, fallback: resource.draft });
  }
}

interface SchemaPlace extends Place {
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A schema in another one that has no name has no draft of its own either. */
function identityOf(
  { schema, pointer, base }: SchemaPlace,
  { fallback, draftOfOther }: Reading,
): { readonly draft: Draft; readonly id?: string } {
  const url = schema.$schema;
  const own = typeof url === 'string' ? (draftOf(url) ?? otherDraft(url, { base, pointer, fallback, draftOfOther })) : fallback;
  const id = idOf(schema, own);
  if (id !== undefined || pointer === '') return { draft: own, ...(id === undefined ? {} : { id }) };
  const inherited = idOf(schema, fallback);
  return { draft: fallback, ...(inherited === undefined ? {} : { id: inherited }) };
}

interface Other extends Reading {
  readonly base: string;
  readonly pointer: string;
}

function otherDraft(text: string, { base, pointer, fallback, draftOfOther }: Other): Draft {
  const [url = ''] = text.split('#', 1);
  if (pointer === '' && url === base) throw new InvalidSchema(`draft ${JSON.stringify(url)} is not supported`);
  return draftOfOther(url, fallback);
}

function idOf(schema: Readonly<Record<string, unknown>>, draft: Draft): string | undefined {
  // Beside a reference nothing counted in the older drafts.
  if (draft < 2019 && Object.hasOwn(schema, '$ref')) return undefined;
  const keyword = idKeyword(draft);
  const id = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
  const [url = ''] = typeof id === 'string' ? id.split('#', 1) : [];
  return url === '' ? undefined : url;
}

interface Named {
  readonly id: string;
  readonly document: SchemaDocument;
  readonly pointer: string;
}

function joined(base: string, { id, document, pointer }: Named): string {
  try {
    return resolveReference(base, id).url;
  } catch (error) {
    throw new InvalidSchema(`error in parsing id at ${JSON.stringify(renderLocation(document.url, pointer))}`, { cause: error });
  }
}

function addResource(document: SchemaDocument, { pointer, id, draft }: Pick<Resource, 'pointer' | 'id' | 'draft'>): void {
  const other = document.byId.get(id);
  if (other !== undefined) {
    const [place, its, first] = [document.url, pointer, other.pointer].map((text) => JSON.stringify(text));
    throw new InvalidSchema(`duplicate id ${JSON.stringify(id)} in ${place} at ${its} and ${first}`);
  }
  const resource: Resource = { pointer, id, draft, anchors: new Map(), dynamicAnchors: new Set() };
  document.resources.set(pointer, resource);
  document.byId.set(id, resource);
}

interface Anchor {
  readonly name: string;
  readonly isDynamic: boolean;
}

function anchorsOf(schema: Readonly<Record<string, unknown>>, draft: Draft): readonly Anchor[] {
  if (draft >= 2019) {
    const named = ['$anchor', ...(draft >= 2020 ? ['$dynamicAnchor'] : [])];
    return named.flatMap((keyword) => {
      const name = schema[keyword];
      return typeof name === 'string' ? [{ name, isDynamic: keyword === '$dynamicAnchor' }] : [];
    });
  }
  const id = Object.hasOwn(schema, '$ref') ? undefined : schema[idKeyword(draft)];
  const name = typeof id === 'string' ? fragmentOf(id) : '';
  return isPointer(name) ? [] : [{ name, isDynamic: false }];
}

function fragmentOf(id: string): string {
  try {
    return splitUrl(id).fragment;
  } catch (error) {
    throw new InvalidSchema(`error in parsing anchor of ${JSON.stringify(id)}`, { cause: error });
  }
}

function addAnchor(
  document: SchemaDocument,
  resource: Resource,
  { name, isDynamic, pointer }: Anchor & { readonly pointer: string },
): void {
  const first = resource.anchors.get(name);
  if (first !== undefined && first !== pointer) {
    const [anchor, place, its, other] = [name, document.url, first, pointer].map((text) => JSON.stringify(text));
    throw new InvalidSchema(`duplicate anchor ${anchor} in ${place} at ${its} and ${other}`);
  }
  resource.anchors.set(name, pointer);
  if (isDynamic) resource.dynamicAnchors.add(name);
}
