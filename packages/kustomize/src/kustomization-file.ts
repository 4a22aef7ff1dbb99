import { BuildError } from './build-error.ts';
import { joinPath } from './path.ts';
import type { FileTree } from './ports.ts';
import { isMap, type JsonMap } from './resource.ts';
import { readYaml } from './yaml/read.ts';

export interface LabelRule {
  readonly pairs: Readonly<Record<string, string>>;
  readonly includeSelectors: boolean;
  readonly includeTemplates: boolean;
}

export interface ImageRule {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

export interface TargetSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export interface PatchRule {
  /** Inline text, or the file it is in. */
  readonly source: { readonly text: string } | { readonly path: string };
  readonly target?: TargetSelector;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** Where the rule stands, for messages. */
  readonly at: string;
}

/** What a kustomization file asks for. */
export interface KustomizationFile {
  readonly file: string;
  readonly directory: string;
  readonly resources: readonly string[];
  readonly namespace: string | undefined;
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly labels: readonly LabelRule[];
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly images: readonly ImageRule[];
  readonly patches: readonly PatchRule[];
}

export const KUSTOMIZATION_FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields that kustomize knows and this engine does not act on yet. */
const NOT_YET = new Set([
  'buildMetadata',
  'components',
  'configMapGenerator',
  'configurations',
  'crds',
  'generatorOptions',
  'generators',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
  'openapi',
  'replacements',
  'replicas',
  'secretGenerator',
  'sortOptions',
  'transformers',
  'validators',
  'vars',
]);

/** The kustomization file of a directory; undefined when it has none. Throws `BuildError`, also for two of them. */
export function findKustomizationFile(tree: FileTree, directory: string): string | undefined {
  const found = KUSTOMIZATION_FILE_NAMES.map((name) => joinPath(directory, name)).filter((path) => tree.read(path) !== undefined);
  if (found.length > 1) throw new BuildError(`${found.join(' and ')}: a directory has one kustomization file`);
  return found[0];
}

/** Reads and checks a kustomization file. A field that is unknown or not supported yet is an error, never ignored. */
export function readKustomizationFile(tree: FileTree, file: string): KustomizationFile {
  const documents = readYaml(tree.read(file) ?? new Uint8Array(), file);
  const content = documents[0] ?? {};
  if (documents.length > 1 || !isMap(content)) throw new BuildError(`${file}: must be one YAML document with fields`);
  const { apiVersion = 'kustomize.config.k8s.io/v1beta1', kind = 'Kustomization' } = content;
  if (kind !== 'Kustomization' || !String(apiVersion).startsWith('kustomize.config.k8s.io/')) {
    throw new BuildError(`${file}: '${String(apiVersion)}' ${String(kind)} is not a kustomization this engine builds`);
  }
  const fields = new FieldReader(content, file);
  const directory = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const read: KustomizationFile = {
    file,
    directory,
    // `bases` is what resources that are directories used to be called.
    resources: [...fields.strings('resources'), ...fields.strings('bases')],
    namespace: fields.string('namespace'),
    namePrefix: fields.string('namePrefix') ?? '',
    nameSuffix: fields.string('nameSuffix') ?? '',
    labels: [
      ...fields.maps('labels').map((rule, index) => labelRule(rule, `${file}: labels[${index}]`)),
      ...(content.commonLabels === undefined
        ? []
        : [{ pairs: fields.stringMap('commonLabels'), includeSelectors: true, includeTemplates: true }]),
    ],
    commonAnnotations: fields.stringMap('commonAnnotations'),
    images: [...fields.maps('images'), ...fields.maps('imageTags')].map((rule, index) => imageRule(rule, `${file}: images[${index}]`)),
    patches: [
      ...fields.strings('patchesStrategicMerge').map((text, index) => legacyMerge(text, `${file}: patchesStrategicMerge[${index}]`)),
      ...fields.maps('patches').map((rule, index) => patchRule(rule, `${file}: patches[${index}]`)),
      ...fields.maps('patchesJson6902').map((rule, index) => patchRule(rule, `${file}: patchesJson6902[${index}]`)),
    ],
  };
  fields.refuseTheRest();
  return read;
}

/** Reads fields by name and type, and remembers which were asked for. */
class FieldReader {
  readonly #fields: JsonMap;
  readonly #at: string;
  readonly #known = new Set(['apiVersion', 'kind', 'metadata']);

  constructor(fields: JsonMap, at: string) {
    this.#fields = fields;
    this.#at = at;
  }

  #take(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== null ? this.#fields[name] : undefined;
  }

  string(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    throw new BuildError(`${this.#at}: ${name} must be a string`);
  }

  boolean(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw new BuildError(`${this.#at}: ${name} must be true or false`);
  }

  strings(name: string): readonly string[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw new BuildError(`${this.#at}: ${name} must be a list of strings`);
  }

  maps(name: string): readonly JsonMap[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every(isMap)) return value;
    throw new BuildError(`${this.#at}: ${name} must be a list of objects`);
  }

  map(name: string): JsonMap | undefined {
    const value = this.#take(name);
    if (value === undefined || isMap(value)) return value;
    throw new BuildError(`${this.#at}: ${name} must be an object`);
  }

  stringMap(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.map(name) ?? {}).map(([key, value]) => {
      if (typeof value !== 'string') throw new BuildError(`${this.#at}: ${name}.${key} must be a string: quote it`);
      return [key, value] as const;
    });
    return Object.fromEntries(entries);
  }

  refuseTheRest(): void {
    for (const name of Object.keys(this.#fields)) {
      if (this.#known.has(name)) continue;
      throw new BuildError(`${this.#at}: ${NOT_YET.has(name) ? `field '${name}' is not supported yet` : `unknown field '${name}'`}`);
    }
  }
}

function labelRule(rule: JsonMap, at: string): LabelRule {
  const fields = new FieldReader(rule, at);
  const includeSelectors = fields.boolean('includeSelectors');
  const read = {
    pairs: fields.stringMap('pairs'),
    includeSelectors,
    includeTemplates: fields.boolean('includeTemplates') || includeSelectors,
  };
  fields.refuseTheRest();
  return read;
}

export function imageRule(rule: JsonMap, at: string): ImageRule {
  const fields = new FieldReader(rule, at);
  const [name, newName, newTag, digest] = [
    fields.string('name'),
    fields.string('newName'),
    fields.string('newTag'),
    fields.string('digest'),
  ];
  fields.refuseTheRest();
  if (name === undefined) throw new BuildError(`${at}: name is required`);
  return { name, ...(newName ? { newName } : {}), ...(newTag ? { newTag } : {}), ...(digest ? { digest } : {}) };
}

export function patchRule(rule: JsonMap, at: string): PatchRule {
  const fields = new FieldReader(rule, at);
  const [text, path, target] = [fields.string('patch'), fields.string('path'), fields.map('target')];
  const options = new FieldReader(fields.map('options') ?? {}, `${at}.options`);
  const changes = { allowNameChange: options.boolean('allowNameChange'), allowKindChange: options.boolean('allowKindChange') };
  fields.refuseTheRest();
  options.refuseTheRest();
  if ((text === undefined) === (path === undefined)) throw new BuildError(`${at}: needs either patch or path`);
  return {
    source: text === undefined ? { path: path ?? '' } : { text },
    ...(target === undefined ? {} : { target: targetSelector(target, `${at}.target`) }),
    ...changes,
    at,
  };
}

function targetSelector(target: JsonMap, at: string): TargetSelector {
  const fields = new FieldReader(target, at);
  const names = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector'] as const;
  const read = Object.fromEntries(names.flatMap((name) => (fields.string(name) ? [[name, fields.string(name)]] : [])));
  fields.refuseTheRest();
  return read;
}

/** An entry of patchesStrategicMerge is a file name, or the patch itself. */
const legacyMerge = (entry: string, at: string): PatchRule => ({
  source: entry.includes('\n') || entry.includes(': ') ? { text: entry } : { path: entry },
  allowNameChange: false,
  allowKindChange: false,
  at,
});
