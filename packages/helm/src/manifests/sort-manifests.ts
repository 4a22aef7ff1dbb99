import { compareText } from '@gotk/apimachinery';
import { collectWarnings, type Warning } from '../values/warning.ts';
import { readHead } from './head.ts';
import { type Hook, hookOf } from './hook.ts';
import { compareKinds } from './kind-order.ts';
import { isBlank, splitDocuments } from './split-documents.ts';

/** One document of a template. */
export interface Manifest {
  /** Of the template. */
  readonly path: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly content: string;
}

export interface SortedManifests {
  readonly hooks: readonly Hook[];
  readonly manifests: readonly Manifest[];
  /** About hooks for events that there are not: they are neither hooks nor part of the release. */
  readonly warnings: readonly Warning[];
}

/** Rendered templates by their paths. */
export type RenderedFiles = ReadonlyMap<string, string>;

/**
 * The documents of rendered templates by kind in the order given, and where they are of one kind by path and place, hooks apart. Templates
 * whose names begin with `_` are for others, and blank ones nothing. Throws `HelmError` of kind `invalid-manifest`.
 */
export function sortManifests(files: RenderedFiles, order: readonly string[]): SortedManifests {
  const { warn, warnings } = collectWarnings();
  const hooks: Hook[] = [];
  const manifests: Manifest[] = [];
  const paths = [...files.keys()].filter((path) => !baseOf(path).startsWith('_')).sort(compareText);
  for (const path of paths) {
    const text = files.get(path) ?? '';
    if (isBlank(text)) continue;
    for (const content of splitDocuments(text)) {
      const head = readHead(content, path);
      const hook = hookOf(head, { path, content });
      if (hook === 'unknown') warn('skipping unknown hooks', { hookTypes: head.annotations['helm.sh/hook'] ?? '' });
      else if (hook !== undefined) hooks.push(hook);
      else manifests.push({ path, kind: head.kind, apiVersion: head.apiVersion, content });
    }
  }
  const compare = compareKinds(order);
  return {
    hooks: hooks.sort((a, b) => compare(a.kind, b.kind)),
    manifests: manifests.sort((a, b) => compare(a.kind, b.kind)),
    warnings: warnings(),
  };
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The documents as one text, each with its template: what a release keeps, and `helm template` prints. */
export const renderManifests = (manifests: readonly Pick<Manifest, 'path' | 'content'>[]): string =>
  manifests.map(({ path, content }) => `---\n# Source: ${path}\n${content}\n`).join('');
