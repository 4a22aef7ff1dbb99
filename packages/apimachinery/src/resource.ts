import type { GroupVersionKind } from './group-version-kind.ts';
import type { KubeObject, Unstructured } from './object.ts';

declare const shape: unique symbol;

/**
 * Where the API server serves a kind: what discovery answers for a GVK, or what `@gotk/api` knows of ours.
 * The type parameter is what the objects look like; it exists at compile time only.
 */
export interface Resource<T extends KubeObject = Unstructured> extends GroupVersionKind {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly [shape]?: T;
}
