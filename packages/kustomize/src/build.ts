import type { Unstructured } from '@gotk/apimachinery';
import { accumulate } from './accumulate.ts';
import { BuildError } from './build-error.ts';
import { addHashes } from './generate/add-hashes.ts';
import { generateKustomization } from './kustomization/generated.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization/kustomization-file.ts';
import { type Overlay, withOverlay } from './kustomization/overlay.ts';
import type { SortRule } from './kustomization/rules.ts';
import { addProvenance } from './provenance/add-provenance.ts';
import { fixNameReferences } from './references/name-references.ts';
import { settleAnnotations } from './resource/manifest.ts';
import { type BuildResource, isMap, type JsonMap, metadataOf } from './resource/resource.ts';
import { refuseDuplicates } from './resource/resource-set.ts';
import { SchemaChoice } from './schema/schema-choice.ts';
import { setMetadata } from './transform/labels.ts';
import { settleTwins } from './transform/settle-twins.ts';
import { sortResources } from './transform/sort.ts';
import type { FileTree } from './tree/file-tree.ts';
import { Loader, type LoadRestrictions, type RemoteSource } from './tree/loader.ts';
import { resolvePath } from './tree/path.ts';
import { resolveVariables } from './vars/resolve-variables.ts';

export interface BuildOptions {
  /** `root-only` when not given, as for kustomize; Flux builds with `none`, within a tree that nothing can leave. */
  readonly loadRestrictions?: LoadRestrictions;
  /** The order of the objects unless the kustomization says one: `fifo` when not given. */
  readonly order?: 'fifo' | 'legacy';
  /** Says on every object that kustomize made it. */
  readonly managedByLabel?: boolean;
  /** How to come by remote bases and files. Without it, they are refused. */
  readonly remote?: RemoteSource;
  /** What a Flux Kustomization lays over the directory. With it, a directory without a kustomization file stands for all manifests below it. */
  readonly overlay?: Overlay;
  /** What else is done with the objects; common metadata of the overlay come after it. */
  readonly edit?: (objects: readonly Unstructured[]) => readonly Unstructured[];
}

export interface BuildResult {
  readonly objects: readonly Unstructured[];
  /** Every file that the result depends on, sorted. */
  readonly filesRead: readonly string[];
}

/**
 * Builds a directory of a tree as `kustomize build` does.
 *
 * Deterministic; reads nothing but the tree. Throws `BuildError`, whose message starts with the file it is about.
 */
export function build(tree: FileTree, path: string, options: BuildOptions = {}): BuildResult {
  const { recorded, filesRead } = recording(tree);
  const { overlay, loadRestrictions: restrictions = 'root-only' } = options;
  // `/` is where the source begins, as it is for Flux.
  const directory = resolvePath('', path, { at: 'the path of the build', isFileSystem: tree.isFileSystem });
  if (tree.list(directory) === undefined) throw new BuildError(`${path}: there is no such directory in the source`);
  const loader = Loader.at(recorded, directory, { restrictions, remote: options.remote });
  const kustomization = kustomizationOf(loader, overlay);
  const origin = kustomization.buildMetadata.length > 0 ? {} : undefined;

  const { resources, config, vars } = accumulate({ kustomization, loader, schemas: new SchemaChoice(), origin });
  addHashes(resources);
  fixNameReferences(resources, config?.nameReference);
  resolveVariables(resources, vars, config?.varReference);
  for (const { object, twins } of resources) settleTwins(object, twins);
  const kept = resources.filter((resource) => !isLocal(resource));
  // A patched name may be another object's: two of one name would overwrite each other in the cluster.
  refuseDuplicates(kept, kustomization.file);
  const wanted = sortResources(kept, sortRule(kustomization, options));
  for (const { object } of wanted) settleAnnotations(object);
  addProvenance(wanted, { asked: kustomization.buildMetadata, managedByLabel: options.managedByLabel ?? false });
  const built = wanted.map(({ object }) => object as unknown as Unstructured);
  const objects = options.edit?.(built) ?? built;
  setMetadata(objects as unknown as readonly JsonMap[], {
    labels: overlay?.commonMetadata?.labels ?? {},
    annotations: overlay?.commonMetadata?.annotations ?? {},
  });
  return { objects, filesRead: filesRead() };
}

function kustomizationOf(loader: Loader, overlay: Overlay | undefined): KustomizationFile {
  const { tree, directory } = loader;
  const file = findKustomizationFile(tree, directory);
  if (file === undefined && overlay === undefined)
    throw new BuildError(`${directory === '' ? '.' : directory}: no kustomization file in this directory`);
  if (file !== undefined) loader.checkKustomization(file);
  const kustomization = file === undefined ? generateKustomization(tree, directory) : readKustomizationFile(tree, file);
  return overlay === undefined ? kustomization : withOverlay(kustomization, overlay, { tree, isWritten: file !== undefined });
}

const sortRule = ({ sortOptions }: KustomizationFile, { order = 'fifo' }: BuildOptions): SortRule =>
  sortOptions ?? (order === 'legacy' ? { order, kinds: undefined } : { order });

/** Objects that are only there to be built with carry a mark, and are not for the cluster. */
function isLocal({ object }: BuildResource): boolean {
  const { annotations } = metadataOf(object);
  const mark = isMap(annotations) ? annotations['config.kubernetes.io/local-config'] : undefined;
  return mark !== undefined && mark !== 'false';
}

function recording(tree: FileTree): { readonly recorded: FileTree; readonly filesRead: () => readonly string[] } {
  const read = new Set<string>();
  return {
    recorded: {
      ...tree,
      read: (path) => {
        const bytes = tree.read(path);
        if (bytes !== undefined) read.add(path);
        return bytes;
      },
    },
    filesRead: () => [...read].sort(),
  };
}
