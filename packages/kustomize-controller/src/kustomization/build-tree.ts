import { createHash } from 'node:crypto';
import { renderJson, type Unstructured } from '@gotk/apimachinery';
import { BuildError, build, type Overlay } from '@gotk/kustomize';
import { diskTree } from './disk-tree.ts';

/** Plain data: it crosses into a worker thread. */
export interface BuildTree {
  readonly directory: string;
  /** `spec.path`. */
  readonly path: string;
  readonly overlay: Overlay;
}

export interface Built {
  readonly objects: readonly Unstructured[];
  /** `sha256:<hex>` of all that was built. */
  readonly digest: string;
}

/** Builds a directory of an unpacked artifact. Throws `BuildError`. */
export function buildTree({ directory, path, overlay }: BuildTree): Built {
  const { objects } = build(diskTree(directory), path, { overlay, loadRestrictions: 'none' });
  for (const { apiVersion, kind, metadata } of objects) {
    // kustomize does not mind; the cluster would not know where to look.
    if (!apiVersion) throw new BuildError(`${path}: ${kind}/${metadata.name} has no apiVersion`);
  }
  return { objects, digest: `sha256:${createHash('sha256').update(renderJson(objects)).digest('hex')}` };
}
