import { isObject } from '../fields.ts';
import type { Warn } from '../values/warning.ts';
import { addSchemaAt, type Reading, type Resource, readDocument, resourceOf, type SchemaDocument } from './document.ts';
import { type Draft, LATEST_DRAFT, metaschemaUrl } from './draft.ts';
import { quoted } from './failure.ts';
import { readKeywords } from './keywords.ts';
import { isPointer, lookUp, type Reference, renderLocation, resolveReference } from './location.ts';
import metaschemas from './metaschemas.json' with { type: 'json' };
import type { Schema } from './schema.ts';
import { InvalidSchema } from './schema-error.ts';
import { validate } from './validate.ts';

/** What a values.schema.json is called, in messages and in references to itself. */
const ROOT = 'file:///values.schema.json';

export interface CompileOptions {
  readonly warn: Warn;
}

/**
 * A schema that is ready. Of other documents it may refer to the schemas of the drafts, which are here; nothing is fetched or read. Throws
 * `InvalidSchema`, or `SchemaTooLarge`.
 */
export function compileSchema(content: unknown, { warn }: CompileOptions): Schema {
  const compiler = createCompiler({ documents: new Map([[ROOT, content]]), isMetaschema: false, warn });
  return compiler({ url: ROOT, fragment: '' });
}

/** By its draft; compiled when the first schema is. Constant: what is in it comes with this package. */
const compiledMetaschemas = new Map<Draft, Schema>();

function metaschemaOf(draft: Draft): Schema {
  const known = compiledMetaschemas.get(draft);
  if (known !== undefined) return known;
  const compiler = createCompiler({ documents: new Map(), isMetaschema: true, warn: () => {} });
  const compiled = compiler({ url: metaschemaUrl(draft), fragment: '' });
  compiledMetaschemas.set(draft, compiled);
  return compiled;
}

interface Compiling {
  readonly documents: ReadonlyMap<string, unknown>;
  /** The drafts' own schemas check formats, and are not checked themselves. */
  readonly isMetaschema: boolean;
  readonly warn: Warn;
}

function createCompiler({ documents, isMetaschema, warn }: Compiling): (reference: Reference) => Schema {
  const read = new Map<string, SchemaDocument>();
  const schemas = new Map<string, Schema>();
  const queue: (() => void)[] = [];
  const reading: Reading = { fallback: LATEST_DRAFT, draftOfOther };

  // A `$schema` that is no draft's would have to be fetched.
  function draftOfOther(url: string, fallback: Draft): Draft {
    contentOf(url);
    return fallback;
  }

  function contentOf(url: string): unknown {
    if (documents.has(url)) return documents.get(url);
    const known: Readonly<Record<string, unknown>> = metaschemas;
    const name = url.replace(/^https?:\/\//, '');
    if (Object.hasOwn(known, name)) return known[name];
    if (url.startsWith('urn:')) {
      warn('unresolved URN reference ignored; using permissive schema', { urn: url });
      return true;
    }
    throw new InvalidSchema(`failing loading ${JSON.stringify(url)}: schemas are not fetched, nor read from files`);
  }

  function documentAt(url: string): SchemaDocument {
    const known = read.get(url);
    if (known !== undefined) return known;
    const document = readDocument(url, contentOf(url), reading);
    if (!isMetaschema && !/^https?:\/\/json-schema\.org\//.test(url)) checkSchema(document, '', document.content);
    read.set(url, document);
    return document;
  }

  function resolve({ url, fragment }: Reference, from?: SchemaDocument): { readonly document: SchemaDocument; readonly pointer: string } {
    const local = from !== undefined && (url === from.url ? from.resources.get('') : from.byId.get(url));
    const document = from !== undefined && local ? from : documentAt(url);
    const resource = local || document.resources.get('');
    if (resource === undefined || isPointer(fragment)) return { document, pointer: `${resource?.pointer ?? ''}${fragment}` };
    const pointer = resource.anchors.get(fragment);
    if (pointer !== undefined) return { document, pointer };
    throw new InvalidSchema(
      `anchor in ${JSON.stringify(`${resource.id}#${fragment}`)} not found in schema ${JSON.stringify(document.url)}`,
    );
  }

  function schemaAt(document: SchemaDocument, pointer: string): Schema {
    const location = renderLocation(document.url, pointer);
    const known = schemas.get(location);
    if (known !== undefined) return known;
    const content = ensureSchema(document, pointer);
    const resource = resourceOf(document, pointer);
    const schema: Schema = { location, draft: resource.draft, dynamicAnchors: new Map(), says: true };
    schemas.set(location, schema);
    queue.push(() => fill(schema, { document, pointer, content, resource }));
    return schema;
  }

  /** What a reference leads to need not stand where schemas do. */
  function ensureSchema(document: SchemaDocument, pointer: string): unknown {
    const content = lookUp(document.content, pointer);
    if (content === undefined)
      throw new InvalidSchema(`json-pointer in ${JSON.stringify(renderLocation(document.url, pointer))} not found`);
    if (!document.schemas.has(pointer)) {
      addSchemaAt(document, { schema: content, pointer }, reading);
      if (!isMetaschema) checkSchema(document, pointer, content);
    }
    return content;
  }

  interface Filling {
    readonly document: SchemaDocument;
    readonly pointer: string;
    readonly content: unknown;
    readonly resource: Resource;
  }

  function fill(schema: Schema, { document, pointer, content, resource }: Filling): void {
    schema.resource = schemaAt(document, resource.pointer);
    if (pointer === resource.pointer) {
      for (const anchor of resource.dynamicAnchors)
        schema.dynamicAnchors.set(anchor, schemaAt(document, resource.anchors.get(anchor) ?? ''));
    }
    if (!isObject(content) || Object.keys(content).length === 0) {
      schema.says = content !== false;
      return;
    }
    schema.says = readKeywords({
      schema: content,
      draft: resource.draft,
      pointer,
      describe: (place) => renderLocation(document.url, place),
      checksFormats: isMetaschema,
      at: (place) => schemaAt(document, place),
      refer(reference) {
        const found = resolve(referenceFrom(resource.id, reference), document);
        return schemaAt(found.document, found.pointer);
      },
    });
  }

  return (reference) => {
    const { document, pointer } = resolve(reference);
    const root = schemaAt(document, pointer);
    // What is filled may put more behind it.
    for (const next of queue) next();
    queue.length = 0;
    return root;
  };
}

function referenceFrom(base: string, reference: string): Reference {
  try {
    return resolveReference(base, reference);
  } catch (error) {
    throw new InvalidSchema(`error in parsing ${JSON.stringify(reference)}`, { cause: error });
  }
}

/** Whether a schema is one, by the schema of its draft; what has a name in it may be of another one. */
function checkSchema(document: SchemaDocument, pointer: string, content: unknown): void {
  const metaschema = metaschemaOf(resourceOf(document, pointer).draft);
  const problem = validate(metaschema, content, (place) => {
    const resource = document.resources.get(place);
    return resource === undefined ? undefined : metaschemaOf(resource.draft);
  });
  if (problem === undefined) return;
  const place = JSON.stringify(renderLocation(document.url, pointer));
  throw new InvalidSchema(
    `${place} is not valid against metaschema: jsonschema validation failed with ${quoted(metaschema.location)}\n${problem}`,
  );
}
