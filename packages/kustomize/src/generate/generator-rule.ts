import { FieldReader, type Reading } from '../kustomization/field-reader.ts';
import type { JsonMap } from '../resource/resource.ts';

/** What every ConfigMap and Secret of a kustomization gets, or one of them. */
export interface GeneratorOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash: boolean;
  readonly immutable: boolean;
}

/** What a generated object does to one of the same name that is there already. */
export type Behavior = 'create' | 'merge' | 'replace';

/** A ConfigMap or Secret to generate. */
export interface GeneratorRule {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly namespace: string;
  readonly behavior: Behavior;
  readonly literals: readonly string[];
  readonly files: readonly string[];
  readonly envs: readonly string[];
  /** Of a Secret. */
  readonly type: string;
  readonly options: GeneratorOptions;
  /** Where the rule stands, for messages. */
  readonly at: string;
}

const NO_OPTIONS: GeneratorOptions = { labels: {}, annotations: {}, disableNameSuffixHash: false, immutable: false };

/** `generatorOptions` of a kustomization, or the options of one generator. */
export function generatorOptions(map: JsonMap | undefined, at: string, reading?: Reading): GeneratorOptions {
  if (map === undefined) return NO_OPTIONS;
  const fields = new FieldReader(map, at, reading);
  const read = {
    labels: fields.stringMap('labels'),
    annotations: fields.stringMap('annotations'),
    disableNameSuffixHash: fields.boolean('disableNameSuffixHash'),
    immutable: fields.boolean('immutable'),
  };
  fields.refuseTheRest();
  return read;
}

/** Its own labels and annotations count before those of all; what either switches on is on. */
export const withGlobalOptions = (rule: GeneratorRule, all: GeneratorOptions): GeneratorRule => ({
  ...rule,
  options: {
    labels: { ...all.labels, ...rule.options.labels },
    annotations: { ...all.annotations, ...rule.options.annotations },
    disableNameSuffixHash: all.disableNameSuffixHash || rule.options.disableNameSuffixHash,
    immutable: all.immutable || rule.options.immutable,
  },
});

/** An entry of `configMapGenerator` or `secretGenerator`. */
export function generatorRule(kind: GeneratorRule['kind'], map: JsonMap, at: string): GeneratorRule {
  const fields = new FieldReader(map, at);
  const rule = readGeneratorFields(kind, fields, at);
  // What `envs` was called when there could be one only.
  const env = fields.string('env');
  fields.refuseTheRest();
  return env ? { ...rule, envs: [...rule.envs, env] } : rule;
}

/** The fields that a generator has in a kustomization, and as a plugin of its own. */
export function readGeneratorFields(kind: GeneratorRule['kind'], fields: FieldReader, at: string): GeneratorRule {
  return {
    kind,
    name: fields.string('name') ?? '',
    namespace: fields.string('namespace') ?? '',
    behavior: behaviorOf(fields.string('behavior')),
    literals: fields.strings('literals'),
    files: fields.strings('files'),
    envs: fields.strings('envs'),
    type: (kind === 'Secret' && fields.string('type')) || 'Opaque',
    options: generatorOptions(fields.map('options'), `${at}.options`, fields.reading),
    at,
  };
}

// kustomize takes what it does not know for `create`.
const behaviorOf = (written: string | undefined): Behavior => (written === 'merge' || written === 'replace' ? written : 'create');
