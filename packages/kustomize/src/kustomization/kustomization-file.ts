import { BuildError } from '../build-error.ts';
import { type GeneratorOptions, type GeneratorRule, generatorOptions, generatorRule } from '../generate/generator-rule.ts';
import type { ReplacementEntry } from '../replacement/load-replacements.ts';
import { replacementEntry } from '../replacement/replacement-rule.ts';
import { isMap } from '../resource/resource.ts';
import { type Document, readConfigYaml } from '../tree/documents.ts';
import type { FileTree } from '../tree/file-tree.ts';
import { joinPath } from '../tree/path.ts';
import { type Variable, variableRule } from '../vars/variable.ts';
import { FieldReader } from './field-reader.ts';
import {
  type ImageRule,
  imageRule,
  type LabelRule,
  labelRule,
  mergeRule,
  operationsRule,
  type PatchRule,
  patchRule,
  type ReplicaRule,
  replicaRule,
  type SortRule,
  sortRule,
} from './rules.ts';

/** What a kustomization file asks for. */
export interface KustomizationFile {
  readonly file: string;
  readonly directory: string;
  readonly kind: 'Kustomization' | 'Component';
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly crds: readonly string[];
  readonly configurations: readonly string[];
  readonly openapi: Readonly<Record<string, string>>;
  /** Configurations of built-in plugins: files, directories, or the text of one. */
  readonly generators: readonly string[];
  readonly transformers: readonly string[];
  readonly validators: readonly string[];
  /** The documents of resources that were read already, by the paths of their files. */
  readonly documents: ReadonlyMap<string, readonly Document[]>;
  readonly namespace: string | undefined;
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly labels: readonly LabelRule[];
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly images: readonly ImageRule[];
  readonly replicas: readonly ReplicaRule[];
  readonly patchesStrategicMerge: readonly PatchRule[];
  readonly patches: readonly PatchRule[];
  /** Come late: they see names and labels as they were made. */
  readonly patchesJson6902: readonly PatchRule[];
  readonly replacements: readonly ReplacementEntry[];
  readonly generatorOptions: GeneratorOptions;
  readonly configMapGenerator: readonly GeneratorRule[];
  readonly secretGenerator: readonly GeneratorRule[];
  readonly vars: readonly Variable[];
  readonly sortOptions: SortRule | undefined;
  /** What else objects are to say about themselves. What nobody knows is ignored, as kustomize does. */
  readonly buildMetadata: readonly string[];
  /** Whether it asks for nothing at all, which is taken for a mistake. */
  readonly isEmpty: boolean;
}

const API_VERSIONS = { Kustomization: 'kustomize.config.k8s.io/v1beta1', Component: 'kustomize.config.k8s.io/v1alpha1' } as const;

export const KUSTOMIZATION_FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** The kustomization file of a directory; undefined when it has none. Throws `BuildError`, also for two of them. */
export function findKustomizationFile(tree: FileTree, directory: string): string | undefined {
  const found = KUSTOMIZATION_FILE_NAMES.map((name) => joinPath(directory, name)).filter((path) => tree.read(path) !== undefined);
  if (found.length > 1) throw new BuildError(`${found.join(' and ')}: a directory has one kustomization file`);
  return found[0];
}

/** Reads and checks a kustomization file. A field that there is not is an error, never ignored. */
export function readKustomizationFile(tree: FileTree, file: string): KustomizationFile {
  const documents = readConfigYaml(tree.read(file) ?? new Uint8Array(), file);
  const content = documents[0] ?? {};
  if (documents.length > 1 || !isMap(content)) throw new BuildError(`${file}: must be one YAML document with fields`);
  const fields = new FieldReader(content, file);
  const kind = kindOf(fields, file);
  fields.map('metadata');
  const read: KustomizationFile = {
    ...emptyKustomization(file),
    kind,
    // `bases` is what resources that are directories used to be called.
    resources: [...fields.strings('resources'), ...fields.strings('bases')],
    components: fields.strings('components'),
    crds: fields.strings('crds'),
    configurations: fields.strings('configurations'),
    openapi: fields.stringMap('openapi'),
    generators: fields.strings('generators'),
    transformers: fields.strings('transformers'),
    validators: fields.strings('validators'),
    namespace: fields.string('namespace'),
    namePrefix: fields.string('namePrefix') ?? '',
    nameSuffix: fields.string('nameSuffix') ?? '',
    labels: fields.list('labels', labelRule),
    commonLabels: fields.stringMap('commonLabels'),
    commonAnnotations: fields.stringMap('commonAnnotations'),
    images: [...fields.list('images', imageRule), ...fields.list('imageTags', imageRule)],
    replicas: fields.list('replicas', replicaRule),
    patchesStrategicMerge: fields
      .strings('patchesStrategicMerge')
      .map((text, index) => mergeRule(text, `${file}: patchesStrategicMerge[${index}]`)),
    patches: fields.list('patches', patchRule),
    patchesJson6902: fields.list('patchesJson6902', operationsRule),
    replacements: fields.list('replacements', replacementEntry),
    generatorOptions: generatorOptions(fields.map('generatorOptions'), `${file}: generatorOptions`),
    configMapGenerator: fields.list('configMapGenerator', (rule, at) => generatorRule('ConfigMap', rule, at)),
    secretGenerator: fields.list('secretGenerator', (rule, at) => generatorRule('Secret', rule, at)),
    vars: fields.list('vars', variableRule),
    sortOptions: sortOptionsOf(fields, file),
    buildMetadata: fields.strings('buildMetadata'),
    isEmpty: Object.entries(content).every(
      ([name, value]) => value === null || value === '' || ['apiversion', 'kind'].includes(name.toLowerCase()),
    ),
  };
  refuseCharts(fields, file);
  fields.refuseTheRest();
  return read;
}

function kindOf(fields: FieldReader, file: string): KustomizationFile['kind'] {
  const kind = fields.string('kind') || 'Kustomization';
  if (kind !== 'Kustomization' && kind !== 'Component')
    throw new BuildError(`${file}: kind '${kind}' is neither 'Kustomization' nor 'Component'`);
  const apiVersion = fields.string('apiVersion') || API_VERSIONS[kind];
  if (apiVersion !== API_VERSIONS[kind])
    throw new BuildError(`${file}: '${apiVersion}' '${kind}' is not a kustomization: it is '${API_VERSIONS[kind]}' '${kind}'`);
  return kind;
}

function sortOptionsOf(fields: FieldReader, file: string): SortRule | undefined {
  const options = fields.map('sortOptions');
  return options === undefined ? undefined : sortRule(options, `${file}: sortOptions`);
}

function refuseCharts(fields: FieldReader, file: string): void {
  fields.map('helmGlobals');
  for (const field of ['helmCharts', 'helmChartInflationGenerator'])
    if (fields.maps(field).length > 0) throw new BuildError(`${file}: ${field}: this build inflates no Helm charts`);
}

/** The kustomization of a file that asks for nothing. */
export const emptyKustomization = (file: string): KustomizationFile => ({
  file,
  directory: file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '',
  kind: 'Kustomization',
  resources: [],
  components: [],
  crds: [],
  configurations: [],
  openapi: {},
  generators: [],
  transformers: [],
  validators: [],
  documents: new Map(),
  namespace: undefined,
  namePrefix: '',
  nameSuffix: '',
  labels: [],
  commonLabels: {},
  commonAnnotations: {},
  images: [],
  replicas: [],
  patchesStrategicMerge: [],
  patches: [],
  patchesJson6902: [],
  replacements: [],
  generatorOptions: generatorOptions(undefined, file),
  configMapGenerator: [],
  secretGenerator: [],
  vars: [],
  sortOptions: undefined,
  buildMetadata: [],
  isEmpty: true,
});
