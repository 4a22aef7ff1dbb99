import { createHash } from 'node:crypto';
import { renderJson, type Unstructured } from '@gotk/apimachinery';
import { BuildError, build, type FileTree, type Overlay } from '@gotk/kustomize';
import { diskTree } from './disk-tree.ts';
import { type Footprint, notingTree } from './footprint.ts';
import { substitute } from './substitute/substitute.ts';
import type { Substitution } from './substitute/variables.ts';

/** Plain data: it crosses into a worker thread. */
export interface BuildTree {
  readonly directory: string;
  /** `spec.path`. */
  readonly path: string;
  readonly overlay: Overlay;
  /** Undefined: nothing that looks like a variable is one. */
  readonly substitution?: Substitution;
}

export interface Built {
  readonly objects: readonly Unstructured[];
  /** `sha256:<hex>` of all that was built. */
  readonly digest: string;
  /** Texts in the objects that must not be shown anywhere else. */
  readonly secretTexts: readonly string[];
  /** What the build depends on; undefined when that is too much to remember. */
  readonly footprint: Footprint | undefined;
}

/** How what may be encrypted is read. */
export interface Reading {
  readonly decrypted: (tree: FileTree) => FileTree;
  /** Of objects, before their variables are replaced. */
  readonly opened: (object: Unstructured) => Unstructured;
  /** What must not be shown of all objects, variables replaced. */
  readonly secretTexts: (objects: readonly Unstructured[]) => readonly string[];
}

/** Builds a directory of an unpacked artifact, variables included. Throws `BuildError` and `SubstitutionError`. */
export function buildTree({ directory, path, overlay, substitution }: BuildTree, reading?: Reading): Built {
  let secretTexts: readonly string[] = [];
  const edit = (objects: readonly Unstructured[]): readonly Unstructured[] => {
    for (const { apiVersion, kind, metadata } of objects) {
      // kustomize does not mind; the cluster would not know where to look.
      if (!apiVersion) throw new BuildError(`${path}: ${kind}/${metadata.name} has no apiVersion`);
    }
    const opened = reading === undefined ? objects : objects.map(reading.opened);
    if (substitution === undefined) return opened;
    const substituted = substitute(opened, substitution);
    ({ secretTexts } = substituted);
    return substituted.objects;
  };
  const { tree, footprint } = notingTree(diskTree(directory));
  const { objects } = build(reading?.decrypted(tree) ?? tree, path, { overlay, edit, loadRestrictions: 'none' });
  return {
    objects,
    digest: `sha256:${createHash('sha256').update(renderJson(objects)).digest('hex')}`,
    secretTexts: [...secretTexts, ...(reading?.secretTexts(objects) ?? [])],
    footprint: footprint(),
  };
}
