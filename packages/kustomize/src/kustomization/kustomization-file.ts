import { BuildError } from '../build-error.ts';
import { isMap } from '../resource/resource.ts';
import { type Document, readConfigYaml } from '../tree/documents.ts';
import type { FileTree } from '../tree/file-tree.ts';
import { joinPath } from '../tree/path.ts';
import { FieldReader } from './field-reader.ts';
import { type ImageRule, imageRule, type LabelRule, labelRule, mergeRule, operationsRule, type PatchRule, patchRule } from './rules.ts';

/** What a kustomization file asks for. */
export interface KustomizationFile {
  readonly file: string;
  readonly directory: string;
  readonly resources: readonly string[];
  /** The documents of resources that were read already, by the paths of their files. */
  readonly documents: ReadonlyMap<string, readonly Document[]>;
  readonly namespace: string | undefined;
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly labels: readonly LabelRule[];
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly images: readonly ImageRule[];
  readonly patches: readonly PatchRule[];
  /** Come late: they see names and labels as they were made. */
  readonly patchesJson6902: readonly PatchRule[];
  /** Whether it asks for nothing at all, which is taken for a mistake. */
  readonly isEmpty: boolean;
}

const API_VERSION = 'kustomize.config.k8s.io/v1beta1';

export const KUSTOMIZATION_FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields that kustomize knows and this engine does not act on yet. */
const NOT_YET = [
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
];

/** The kustomization file of a directory; undefined when it has none. Throws `BuildError`, also for two of them. */
export function findKustomizationFile(tree: FileTree, directory: string): string | undefined {
  const found = KUSTOMIZATION_FILE_NAMES.map((name) => joinPath(directory, name)).filter((path) => tree.read(path) !== undefined);
  if (found.length > 1) throw new BuildError(`${found.join(' and ')}: a directory has one kustomization file`);
  return found[0];
}

/** Reads and checks a kustomization file. A field that is unknown or not supported yet is an error, never ignored. */
export function readKustomizationFile(tree: FileTree, file: string): KustomizationFile {
  const documents = readConfigYaml(tree.read(file) ?? new Uint8Array(), file);
  const content = documents[0] ?? {};
  if (documents.length > 1 || !isMap(content)) throw new BuildError(`${file}: must be one YAML document with fields`);
  const fields = new FieldReader(content, file);
  const [apiVersion = API_VERSION, kind = 'Kustomization'] = [fields.string('apiVersion'), fields.string('kind')];
  if (kind === 'Component') throw new BuildError(`${file}: kind 'Component' is not supported yet`);
  if (kind !== 'Kustomization' || apiVersion !== API_VERSION)
    throw new BuildError(`${file}: '${apiVersion}' '${kind}' is not a kustomization: it is '${API_VERSION}' 'Kustomization'`);
  fields.map('metadata');
  const at = (field: string, index: number) => `${file}: ${field}[${index}]`;
  const commonLabels = fields.stringMap('commonLabels');
  const read: KustomizationFile = {
    ...emptyKustomization(file),
    // `bases` is what resources that are directories used to be called.
    resources: [...fields.strings('resources'), ...fields.strings('bases')],
    namespace: fields.string('namespace'),
    namePrefix: fields.string('namePrefix') ?? '',
    nameSuffix: fields.string('nameSuffix') ?? '',
    labels: [
      ...fields.maps('labels').map((rule, index) => labelRule(rule, at('labels', index))),
      { pairs: commonLabels, includeSelectors: true, includeTemplates: true, includeVolumeClaimTemplates: true },
    ],
    commonAnnotations: fields.stringMap('commonAnnotations'),
    images: [...fields.maps('images'), ...fields.maps('imageTags')].map((rule, index) => imageRule(rule, at('images', index))),
    patches: [
      ...fields.strings('patchesStrategicMerge').map((text, index) => mergeRule(text, at('patchesStrategicMerge', index))),
      ...fields.maps('patches').map((rule, index) => patchRule(rule, at('patches', index))),
    ],
    patchesJson6902: fields.maps('patchesJson6902').map((rule, index) => operationsRule(rule, at('patchesJson6902', index))),
    isEmpty: Object.entries(content).every(([name, value]) => value === null || ['apiversion', 'kind'].includes(name.toLowerCase())),
  };
  fields.refuseTheRest(NOT_YET);
  return read;
}

/** The kustomization of a file that asks for nothing. */
export const emptyKustomization = (file: string): KustomizationFile => ({
  file,
  directory: file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '',
  resources: [],
  documents: new Map(),
  namespace: undefined,
  namePrefix: '',
  nameSuffix: '',
  labels: [],
  commonAnnotations: {},
  images: [],
  patches: [],
  patchesJson6902: [],
  isEmpty: true,
});
