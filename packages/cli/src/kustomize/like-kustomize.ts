import type { Unstructured } from '@gotk/apimachinery';
import { type BuildOptions, build, type FileTree } from '@gotk/kustomize';

/** What the command line of kustomize decides. */
export type KustomizeOptions = Required<Pick<BuildOptions, 'loadRestrictions' | 'order' | 'managedByLabel'>>;

/** Builds a directory as the program kustomize does. Throws `BuildError`. */
export function buildLikeKustomize(tree: FileTree, directory: string, options: KustomizeOptions): readonly Unstructured[] {
  return build(tree, directory, options).objects;
}
