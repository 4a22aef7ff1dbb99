import { parseLabelSelector } from '@gotk/apimachinery';
import { RE2JS } from 're2js';
import { BuildError } from './build-error.ts';
import type { TargetSelector } from './kustomization-file.ts';
import { type BuildResource, idOf, isMap, metadataOf } from './resource.ts';

/** Compiles a target selector. Fields are regular expressions that have to match as a whole (RE2: linear in time). Throws `BuildError`. */
export function compileSelector(target: TargetSelector, at: string): (resource: BuildResource) => boolean {
  const matchers = (['group', 'version', 'kind', 'name', 'namespace'] as const).map(
    (field) => [field, matcher(target[field], `${at}.target.${field}`)] as const,
  );
  const labels = target.labelSelector === undefined ? undefined : selectorOf(target.labelSelector, `${at}.target.labelSelector`);
  const annotations =
    target.annotationSelector === undefined ? undefined : selectorOf(target.annotationSelector, `${at}.target.annotationSelector`);

  return (resource) => {
    // A patch may name an object as it is now, or as it was called in any base.
    const ids = [idOf(resource.object), ...resource.pastIds];
    const fits = ids.some((id) => {
      const values = { ...id.gvk, name: id.name, namespace: id.namespace === '' ? 'default' : id.namespace };
      return matchers.every(([field, matches]) => matches(values[field]) || (field === 'namespace' && matches(id.namespace)));
    });
    const metadata = metadataOf(resource.object);
    return fits && (labels?.(stringsOf(metadata.labels)) ?? true) && (annotations?.(stringsOf(metadata.annotations)) ?? true);
  };
}

function matcher(pattern: string | undefined, at: string): (value: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const compiled = RE2JS.compile(`^(?:${pattern})$`);
    return (value) => compiled.matcher(value).find();
  } catch (error) {
    throw new BuildError(`${at}: '${pattern}' is not a regular expression`, { cause: error });
  }
}

function selectorOf(text: string, at: string): (labels: Readonly<Record<string, string>>) => boolean {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw new BuildError(`${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
    : {};
}
