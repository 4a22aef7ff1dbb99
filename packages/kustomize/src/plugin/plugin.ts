import { BuildError } from '../build-error.ts';
import { type Origin, within } from '../provenance/origin.ts';
import type { Scopes } from '../resource/cluster-scoped.ts';
import { type Manifest, resourcesOf } from '../resource/manifest.ts';
import { type BuildResource, isMap, type JsonMap, metadataOf } from '../resource/resource.ts';
import { readDocuments } from '../tree/documents.ts';

/** The configuration of a generator or transformer: an object with `apiVersion: builtin`. */
export interface Plugin {
  readonly kind: string;
  readonly object: JsonMap;
  /** What is said of objects that it makes or changes. */
  readonly origin: Origin | undefined;
  /** Where it stands, for messages. */
  readonly at: string;
}

export interface PluginSource {
  /** The kustomization file that names them. */
  readonly file: string;
  readonly field: 'generators' | 'transformers' | 'validators';
  /** Where that file is, seen from the first one. */
  readonly origin: Origin | undefined;
  readonly scopes: Scopes;
  /** What files and directories of plugins hold. */
  readonly load: (paths: readonly string[]) => readonly BuildResource[];
}

/**
 * The plugins that a list names: texts first, then those in files and directories. Throws `BuildError` for what is not built in: kustomize would run it, as a
 * program or in a container.
 */
export function loadPlugins(entries: readonly string[], { file, field, origin, scopes, load }: PluginSource): readonly Plugin[] {
  const inline = entries.map((text, index) => inlineResources(text, { file: `${file}: ${field}[${index}]`, scopes }));
  const paths = entries.filter((_, index) => inline[index] === undefined);
  const own = origin === undefined ? undefined : within(origin, fileName(file));
  const written = inline.flatMap((resources = []) => resources.map((resource) => ({ ...resource, origin: own })));
  return [...written, ...(paths.length === 0 ? [] : load(paths))].map(pluginOf);
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The objects in a text; undefined when it is none but the name of a file. */
function inlineResources(text: string, manifest: Manifest): readonly BuildResource[] | undefined {
  try {
    const documents = readDocuments(new TextEncoder().encode(text), manifest.file);
    return documents.every(({ value }) => isMap(value)) ? resourcesOf(documents, manifest) : undefined;
  } catch (error) {
    // A text of many lines is hardly a name: what is wrong with it is worth telling.
    if (error instanceof BuildError && !text.trim().includes('\n')) return undefined;
    throw error;
  }
}

function pluginOf({ object, origin, file }: BuildResource): Plugin {
  const { apiVersion = '', kind = '' } = object;
  const { name = '', namespace = '' } = metadataOf(object);
  const at = `${file}: ${String(kind)} '${String(name)}'`;
  if (apiVersion !== 'builtin')
    throw new BuildError(`${at}: '${String(apiVersion)}' is not built in: programs and containers are never run by a build`);
  const configuredBy = { apiVersion, kind: String(kind), ...(name === '' ? {} : { name: String(name) }) };
  return {
    kind: String(kind),
    object,
    origin:
      origin === undefined
        ? undefined
        : {
            ...(origin.repo === undefined ? {} : { repo: origin.repo }),
            ...(origin.ref === undefined ? {} : { ref: origin.ref }),
            ...(origin.path === undefined ? {} : { configuredIn: origin.path }),
            configuredBy: namespace === '' ? configuredBy : { ...configuredBy, namespace: String(namespace) },
          },
    at,
  };
}
