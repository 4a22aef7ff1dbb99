import type { GroupVersionKind } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { isClusterScoped, type Scopes } from '../resource/cluster-scoped.ts';
import { builtinSchemas, builtinScopes } from './builtin-schemas.ts';
import { readOpenApi, schemasOf } from './openapi-document.ts';
import { keyOfKind, layered, type SchemaSet } from './schema-set.ts';

/** The one Kubernetes whose schemas kustomize 5.8 carries. */
const BUILTIN_VERSION = 'v1.21.2';

/** Where a kustomization stands, and how to read a file that it names; `read` throws `BuildError` for one that is not there. */
export interface SchemaSource {
  readonly at: string;
  readonly read: (path: string) => Uint8Array;
}

/**
 * Which schemas a build goes by: one choice for the whole build, as it is one variable of the process in kustomize.
 *
 * The first kustomization with an `openapi` field chooses, in the order in which they are visited: each before its resources, and those before its
 * components; later ones count for nothing. From there on, also for what encloses the one that chose, its document takes the place of the built-in
 * schemas. These stay next to it if they were needed before: the document above them if something was merged by them, they above the document if they
 * were only asked for a kind that they do not know. A document is not looked at before it is needed.
 */
export class SchemaChoice implements Scopes {
  #chosen: (() => SchemaSet) | undefined;
  /** What the built-in schemas were needed for before a choice. */
  #needed: 'nothing' | 'a kind' | 'merging' = 'nothing';

  /** To be called for each kustomization as it is visited. Throws `BuildError` for a file that is not there, and for a choice that is none. */
  choose(openapi: Readonly<Record<string, string>>, { at, read }: SchemaSource): void {
    const { path, version } = openapi;
    const bytes = path === undefined ? undefined : read(path);
    if (this.#chosen !== undefined) return;
    if (path !== undefined && bytes !== undefined) {
      if (version !== undefined) throw new BuildError(`${at}: openapi: path and version cannot both be set`);
      const needed = this.#needed;
      this.#chosen = once(() => {
        const document = schemasOf(readOpenApi(bytes, path), path);
        if (needed === 'nothing') return document;
        return needed === 'merging' ? layered(builtinSchemas, document) : layered(document, builtinSchemas);
      });
    } else if (version) {
      if (version !== BUILTIN_VERSION) throw new BuildError(`${at}: openapi.version: only '${BUILTIN_VERSION}' is built in`);
      this.#chosen = () => builtinSchemas;
    }
  }

  /** What to merge by. */
  get forMerging(): SchemaSet {
    if (this.#chosen !== undefined) return this.#chosen();
    this.#needed = 'merging';
    return builtinSchemas;
  }

  /** Whether objects of a kind have no namespace. To ask for a kind that is not built in makes a difference for what is chosen later. */
  isClusterScoped(gvk: GroupVersionKind): boolean {
    return isClusterScoped(gvk, this.forKind(gvk));
  }

  forKind(gvk: GroupVersionKind): SchemaSet {
    if (builtinScopes.has(keyOfKind(gvk))) return builtinSchemas;
    if (this.#chosen !== undefined) return this.#chosen();
    if (this.#needed === 'nothing') this.#needed = 'a kind';
    return builtinSchemas;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
