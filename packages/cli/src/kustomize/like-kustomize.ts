import type { Unstructured } from '@gotk/apimachinery';
import { type BuildOptions, build } from '@gotk/kustomize';
import type { LinkedTree } from '../disk-tree.ts';
import { withinLoadRoots } from './load-roots.ts';

/** What the command line of kustomize decides. */
export type KustomizeOptions = Required<Pick<BuildOptions, 'loadRestrictions' | 'order' | 'managedByLabel'>>;

/** Builds a directory as the program kustomize does: with links resolved before it is judged what may be read. Throws `BuildError`. */
export function buildLikeKustomize(tree: LinkedTree, directory: string, options: KustomizeOptions): readonly Unstructured[] {
  return build(options.loadRestrictions === 'none' ? tree : withinLoadRoots(tree), directory, options).objects;
}
