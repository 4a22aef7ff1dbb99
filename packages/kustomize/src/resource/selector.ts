import { parseLabelSelector } from '@gotk/apimachinery';
import { RE2JS } from 're2js';
import { BuildError } from '../build-error.ts';
import { type BuildResource, idOf, isMap, metadataOf, originalId, type ResourceId } from './resource.ts';

/** What a patch or a replacement is for: what is not given is any. */
export interface TargetSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/**
 * Compiles a target selector. Fields are regular expressions that have to match as a whole (RE2: linear in time); name and namespace may be those of today or
 * those of the manifest. Throws `BuildError`.
 */
export function compileSelector(target: TargetSelector, at: string): (resource: BuildResource) => boolean {
  const matcherOf = (field: 'group' | 'version' | 'kind' | 'name' | 'namespace') => matcher(target[field], `${at}.target.${field}`);
  const [group, version, kind] = [matcherOf('group'), matcherOf('version'), matcherOf('kind')];
  const [name, namespace] = [matcherOf('name'), matcherOf('namespace')];
  const labels = target.labelSelector === undefined ? undefined : selectorOf(target.labelSelector, `${at}.target.labelSelector`);
  const annotations =
    target.annotationSelector === undefined ? undefined : selectorOf(target.annotationSelector, `${at}.target.annotationSelector`);

  return (resource) => {
    const current = idOf(resource);
    const original = originalId(resource);
    const metadata = metadataOf(resource.object);
    return (
      (namespace(namespaceOf(original)) || namespace(namespaceOf(current))) &&
      (name(original.name) || name(current.name)) &&
      group(current.gvk.group) &&
      version(current.gvk.version) &&
      kind(current.gvk.kind) &&
      (labels?.(stringsOf(metadata.labels)) ?? true) &&
      (annotations?.(stringsOf(metadata.annotations)) ?? true)
    );
  };
}

// kustomize's name for having none, which a pattern like `.*` matches too.
const namespaceOf = ({ namespace }: ResourceId): string => (namespace === '' ? '_non_namespaceable_' : namespace);

function matcher(pattern: string | undefined, at: string): (value: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
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
