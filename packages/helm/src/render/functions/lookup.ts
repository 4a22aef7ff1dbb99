import { DICT, define, fromPlain, type GoFunction, STRING } from '@gotk/gotemplate';

/** What a template asks of the cluster: an object by its name, or without a name the list of all, in all namespaces as far as Helm is concerned. */
export interface LookupRequest {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * The object, or the list with its `items`; undefined for what there is not. Whole numbers of the API are `bigint`s. Throws `FunctionError` when the cluster cannot
 * be asked, or refuses: the rendering fails with that.
 */
export type Lookup = (request: LookupRequest) => Readonly<Record<string, unknown>> | undefined;

export const lookupFunction = (lookup: Lookup): GoFunction =>
  define({ params: [STRING, STRING, STRING, STRING], result: DICT }, ([apiVersion, kind, namespace, name]) =>
    fromPlain(lookup({ apiVersion: String(apiVersion), kind: String(kind), namespace: String(namespace), name: String(name) }) ?? {}),
  );
