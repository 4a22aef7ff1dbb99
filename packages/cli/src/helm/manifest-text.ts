import { compileGlob } from '@gotk/apimachinery';
import { renderManifests, resourceDefinitionsOf, splitDocuments, trimSpace } from '@gotk/helm';
import type { RenderedRelease } from '@gotk/helm/render';
import { Failure } from '../command.ts';

export interface Selection {
  readonly includeCrds: boolean;
  readonly skipTests: boolean;
  readonly noHooks: boolean;
  /** Templates by their paths below the chart, or patterns of paths; all when there is none. */
  readonly showOnly: readonly string[];
}

/** What `helm template` prints of a release. Throws `Failure` for a template that is not there. */
export function manifestText(
  { chart, manifests, hooks }: RenderedRelease,
  { includeCrds, skipTests, noHooks, showOnly }: Selection,
): string {
  const definitions = includeCrds ? resourceDefinitionsOf(chart) : [];
  const crds = definitions.map(({ path, file }) => ({ path, content: new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.data) }));
  const shown = noHooks ? [] : hooks.filter(({ events }) => !(skipTests && events.includes('test')));
  const objects = trimSpace(renderManifests([...crds, ...manifests]));
  const all = `${objects}\n${renderManifests(shown.map(({ path, manifest }) => ({ path, content: manifest })))}`;
  return showOnly.length === 0 ? all : selected(splitDocuments(all), showOnly);
}

function selected(documents: readonly string[], patterns: readonly string[]): string {
  const named = documents.map((document) => ({ document, path: /# Source: [^/\n]+\/(.+)/.exec(document)?.[1] }));
  return patterns
    .flatMap((pattern) => {
      const matches = compileGlob(pattern) ?? (() => false);
      const found = named.filter(({ path }) => path !== undefined && matches(path));
      if (found.length === 0) throw new Failure(`could not find template ${pattern} in chart`);
      return found.map(({ document }) => `---\n${document}\n`);
    })
    .join('');
}
