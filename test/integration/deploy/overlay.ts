import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unstructured } from '@gotk/apimachinery';
import { build, memoryTree } from '@gotk/kustomize';
import { repository } from './repository.ts';

/** The namespace that deploy/ is written for. */
const WRITTEN_FOR = 'flux-system';

/**
 * The files of deploy/ and crds/, path → content, as if they had been written for another namespace. Names of cluster-wide objects end with the namespace,
 * so that nothing in the result, but for the CRDs, is the same object as in any other installation.
 */
export function overlayFiles(namespace: string): Readonly<Record<string, string>> {
  const paths = globSync(['deploy/**/*.yaml', 'crds/*.yaml'], { cwd: repository });
  return Object.fromEntries(
    paths.map((path) => [path, readFileSync(join(repository, path), 'utf8').replaceAll(WRITTEN_FOR, namespace)] as const),
  );
}

/** Everything that `kubectl apply -k deploy/install` would apply, in its order. */
export function buildOverlay(namespace: string): readonly Unstructured[] {
  return build(memoryTree(overlayFiles(namespace)), 'deploy/install').objects;
}

export const isCrd = ({ kind }: { readonly kind: string }): boolean => kind === 'CustomResourceDefinition';
