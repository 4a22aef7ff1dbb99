import { compareText } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, fieldSpec, visitPath } from '../config/field-spec.ts';
import { mergeSpecs, type TransformerConfig } from '../config/transformer-config.ts';
import type { LabelRule } from '../kustomization/rules.ts';
import { type BuildResource, gvkIn, isMap, type JsonMap, metadataOf, renderObject, setField } from '../resource/resource.ts';

/** Ten labels in two places of each of the most objects that a build may have. */
const MAX_PLACES = 1_000_000;

type Pairs = Readonly<Record<string, string>>;

const ON_OBJECTS: readonly FieldSpec[] = [fieldSpec('metadata/labels', { create: true })];

/** Adds labels; where asked, to pod templates, claim templates and selectors too. */
export function addLabels(resources: readonly BuildResource[], rule: LabelRule, config: TransformerConfig = DEFAULT_CONFIG): void {
  setEntries(resources, rule.pairs, fieldsOf(rule, config));
}

function fieldsOf(rule: LabelRule, config: TransformerConfig): readonly FieldSpec[] {
  const { includeSelectors, includeTemplates, includeVolumeClaimTemplates } = rule;
  const more = includeSelectors
    ? [config.commonLabels]
    : [includeTemplates ? config.templateLabels : [], includeVolumeClaimTemplates ? config.volumeClaimTemplateLabels : [], ON_OBJECTS];
  return [config.labels, ...more].reduce(mergeSpecs, rule.fields);
}

/** Sets the entries of maps (labels, annotations) wherever the specs say. Throws `BuildError` where something else than a map is there. */
export function setEntries(resources: readonly BuildResource[], pairs: Pairs, specs: readonly FieldSpec[]): void {
  const entries = Object.entries(pairs).sort(([a], [b]) => compareText(a, b));
  if (entries.length === 0) return;
  let left = MAX_PLACES;
  for (const resource of resources) {
    const gvk = gvkIn(resource.object);
    const ours = specs.filter((spec) => appliesTo(spec, gvk));
    left -= ours.length * entries.length;
    if (left < 0) throw new BuildError(`labels or annotations for more than ${MAX_PLACES} places: ${specs.length} fields are configured`);
    // One by one, as kustomize does: what the first one makes is there for the next.
    for (const [name, value] of entries) {
      const added = setEntry(resource.object, { name, value }, ours);
      if (added.length > 1) resource.twins = [...resource.twins, { paths: added, value }];
    }
  }
}

/** Returns where it was not there before. */
function setEntry(object: JsonMap, { name, value }: Entry, specs: readonly FieldSpec[]): readonly (readonly string[])[] {
  const added: (readonly string[])[] = [];
  for (const spec of specs) {
    visitPath(object, spec, (holder, key, trail) => {
      const map = holder[key] ?? (spec.create === true ? {} : undefined);
      // What is null, and not to be made, stays so.
      if (map === undefined) return;
      if (!isMap(map)) throw new BuildError(`${renderObject(object)}: '${spec.path.join('/')}' is not a map`);
      if (!Object.hasOwn(map, name)) added.push([...trail, key, name]);
      setField(map, name, value);
      holder[key] = map;
    });
  }
  return added;
}

interface Entry {
  readonly name: string;
  readonly value: string;
}

/** Sets labels and annotations on the objects alone, over those of the same name: Flux's `commonMetadata`. */
export function setMetadata(
  objects: readonly JsonMap[],
  { labels, annotations }: { readonly labels: Pairs; readonly annotations: Pairs },
): void {
  for (const object of objects) {
    if (Object.keys(labels).length > 0) assign(metadataOf(object), 'labels', labels);
    if (Object.keys(annotations).length > 0) assign(metadataOf(object), 'annotations', annotations);
  }
}

function assign(holder: JsonMap, key: string, pairs: Pairs): void {
  const current = holder[key];
  holder[key] = { ...(isMap(current) ? current : {}), ...pairs };
}
