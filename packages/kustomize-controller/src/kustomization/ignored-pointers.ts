import type { KustomizationSpec } from '@gotk/api';
import { type ObjectMeta, parseApiVersion, parseLabelSelector, type Unstructured } from '@gotk/apimachinery';
import { parsePointer } from '@gotk/ssa';
import { RE2JS } from 're2js';

type IgnoreRule = NonNullable<KustomizationSpec['ignore']>[number];
type Target = NonNullable<IgnoreRule['target']>;

/**
 * Compiles `spec.ignore`: the parsed JSON pointers of all rules that are for an object. Group, version, kind, name and namespace of a target are regular
 * expressions (RE2) that have to match as a whole; a rule without a target is for all. Throws for what cannot be compiled, naming the rule.
 */
export function ignoredPointers(rules: readonly IgnoreRule[]): (object: Unstructured) => readonly (readonly string[])[] {
  const compiled = rules.map(({ paths, target }, index) => {
    try {
      return { pointers: paths.map(parsePointer), isFor: target === undefined ? () => true : matcherOf(target) };
    } catch (error) {
      throw new Error(`spec.ignore[${index}]: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return (object) => compiled.flatMap(({ pointers, isFor }) => (isFor(object) ? pointers : []));
}

function matcherOf(target: Target): (object: Unstructured) => boolean {
  const fields = (['group', 'version', 'kind', 'name', 'namespace'] as const).map((field) => ({
    field,
    matches: whole(target[field], field),
  }));
  const [labels, annotations] = [selectorOf(target.labelSelector), selectorOf(target.annotationSelector)];
  return ({ apiVersion, kind, metadata }) => {
    const described = { ...parseApiVersion(apiVersion), kind, name: metadata.name, namespace: metadata.namespace ?? '' };
    return fields.every(({ field, matches }) => matches(described[field])) && labels(metadata.labels) && annotations(metadata.annotations);
  };
}

function whole(pattern: string | undefined, field: string): (value: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
  try {
    const compiled = RE2JS.compile(`^(?:${pattern})$`);
    return (value) => compiled.matcher(value).find();
  } catch (error) {
    throw new Error(`target.${field}: '${pattern}' is not a regular expression`, { cause: error });
  }
}

function selectorOf(text: string | undefined): (map: ObjectMeta['labels']) => boolean {
  if (text === undefined || text === '') return () => true;
  const matches = parseLabelSelector(text);
  return (map = {}) => matches(map);
}
