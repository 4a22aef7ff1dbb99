import { compareText } from '@gotk/apimachinery';
import { InvalidYaml, readYamlNodes, renderYamlNode, type YamlEntry, type YamlMapping, type YamlNode } from '@gotk/apimachinery/yaml';
import { HelmError } from '../helm-error.ts';
import { INSTALL_ORDER } from './kind-order.ts';
import { type RenderedFiles, sortManifests } from './sort-manifests.ts';
import { isBlank, splitDocuments } from './split-documents.ts';

/** Gets the documents of a release as one stream, and returns what is to take their place. What it throws fails the rendering. */
export type PostRenderer = (manifests: string) => string;

/**
 * What a post-renderer gets: `combined`, everything at once, as Helm 4 does unless it is told otherwise; `separate`, hooks and then the rest, for those that do not take
 * the same object twice; `nohooks`, all but hooks, as Helm 3 did.
 */
export type PostRenderStrategy = 'combined' | 'separate' | 'nohooks';

/** By which a document that comes back is known to be of a template. */
const FILE_ANNOTATION = 'postrenderer.helm.sh/postrender-filename';

/**
 * Has a post-renderer change what was rendered. Each document goes there with the path of its template in an annotation, and comes back by it; documents that are new
 * become files of their own. All are printed anew: comments stay, the way that lists are indented does not. Throws `HelmError` of kind `invalid-manifest` for what is no
 * YAML, before or after.
 */
export function postRendered(files: RenderedFiles, run: PostRenderer, strategy: PostRenderStrategy = 'combined'): RenderedFiles {
  if (strategy === 'combined') return sent(files, run, '');
  const { hooks, manifests } = sortManifests(files, INSTALL_ORDER);
  const hookFiles = joined(hooks.map(({ path, manifest }) => [path, manifest]));
  const others = joined(manifests.map(({ path, content }) => [path, content]));
  const changed = [strategy === 'separate' ? sent(hookFiles, run, 'hooks') : hookFiles, sent(others, run, 'manifests')];
  return joined(changed.flatMap((each) => [...each]));
}

/** The texts of one path, one after the other. */
function joined(texts: readonly (readonly [string, string])[]): RenderedFiles {
  const files = new Map<string, string>();
  for (const [path, text] of texts) {
    const before = files.get(path);
    files.set(path, before === undefined ? text : `${before}\n---\n${text}`);
  }
  return files;
}

function sent(files: RenderedFiles, run: PostRenderer, group: string): RenderedFiles {
  if (group !== '' && files.size === 0) return files;
  const all = merged(files, group);
  return parted(ran(run, all, group), group);
}

function ran(run: PostRenderer, manifests: string, group: string): string {
  try {
    return run(manifests);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HelmError('invalid-manifest', `error while running post render on ${group || 'files'}: ${why}`, { cause: error });
  }
}

function merged(files: RenderedFiles, group: string): string {
  const paths = [...files.keys()].filter((path) => !path.slice(path.lastIndexOf('/') + 1).startsWith('_')).sort(compareText);
  const documents = paths.flatMap((path) => {
    const text = files.get(path) ?? '';
    if (isBlank(text)) return [];
    return splitDocuments(text).flatMap((document) => {
      const nodes = nodesOf(document, `error merging ${group || 'manifests'}: parsing ${path}`);
      for (const node of nodes) annotate(node, path);
      return nodes;
    });
  });
  return printed(documents);
}

function parted(text: string, group: string): RenderedFiles {
  const files = new Map<string, YamlNode[]>();
  nodesOf(text, `error while parsing post rendered output${group === '' ? '' : ` for ${group}`}: error parsing YAML`).forEach(
    (node, index) => {
      const path = takeFile(node) || `generated-by-postrender-${group === '' ? '' : `${group}-`}${index}.yaml`;
      files.set(path, [...(files.get(path) ?? []), node]);
    },
  );
  return new Map([...files].map(([path, nodes]) => [path, printed(nodes)]));
}

const printed = (nodes: readonly YamlNode[]): string => nodes.map((node) => `${renderYamlNode(node)}\n`).join('---\n');

/** Comments at the head of a document are its own only where it is read alone. */
function nodesOf(text: string, what: string): readonly YamlNode[] {
  try {
    const documents = text.replaceAll('\r\n', '\n').split(/\n---.*\n/);
    const nodes = documents.flatMap((document, index) => readYamlNodes(index < documents.length - 1 ? `${document}\n` : document));
    const filled = nodes.filter((node) => node !== undefined).filter((node) => !(node.kind === 'scalar' && node.tag === '!!null'));
    return documents.length === 1 ? filled.flatMap(unwrapped) : filled;
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    throw new HelmError('invalid-manifest', `${what}: ${error.message}`, { cause: error });
  }
}

/** A list that stands alone means its items. */
function unwrapped(node: YamlNode): readonly YamlNode[] {
  const kind = entryOf(node, 'kind')?.value;
  const items = entryOf(node, 'items')?.value;
  const isList = kind?.kind === 'scalar' && ['List', 'ResourceList'].includes(kind.text);
  return isList && items?.kind === 'sequence' ? items.items : [node];
}

const plain = (text: string) => ({ kind: 'scalar', text, tag: '!!str', style: 'plain' }) as const;

const entryOf = (node: YamlNode | undefined, name: string): YamlEntry | undefined =>
  node?.kind === 'mapping' ? node.entries.find(({ key }) => key.kind === 'scalar' && key.text === name) : undefined;

function annotate(node: YamlNode, path: string): void {
  if (node.kind !== 'mapping') return;
  const annotations = madeMapping(madeMapping(node, 'metadata'), 'annotations');
  annotations?.entries.push({ key: plain(FILE_ANNOTATION), value: { ...plain(path), style: 'single' } });
}

/** The mapping at a key; a new one for what is empty. Undefined where something else is. */
function madeMapping(parent: YamlMapping | undefined, name: string): YamlMapping | undefined {
  if (parent === undefined) return undefined;
  const entry = entryOf(parent, name);
  if (entry?.value.kind === 'mapping' && entry.value.entries.length > 0) return entry.value;
  const isEmpty = entry === undefined || entry.value.kind === 'mapping' || (entry.value.kind === 'scalar' && entry.value.tag === '!!null');
  if (!isEmpty) return undefined;
  const made: YamlMapping = { kind: 'mapping', tag: '!!map', isFlow: parent.isFlow, entries: [] };
  if (entry === undefined) parent.entries.push({ key: plain(name), value: made });
  else entry.value = made;
  return made;
}

/** The path that a document has in its annotation, which is gone thereafter, with whatever is empty without it. */
function takeFile(node: YamlNode): string {
  const metadata = entryOf(node, 'metadata')?.value;
  const annotations = entryOf(metadata, 'annotations')?.value;
  const file = entryOf(annotations, FILE_ANNOTATION)?.value;
  remove(annotations, FILE_ANNOTATION);
  if (annotations?.kind === 'mapping' && annotations.entries.length === 0) remove(metadata, 'annotations');
  if (metadata?.kind === 'mapping' && metadata.entries.length === 0) remove(node, 'metadata');
  return file?.kind === 'scalar' ? file.text : '';
}

function remove(node: YamlNode | undefined, name: string): void {
  const entry = entryOf(node, name);
  if (node?.kind === 'mapping' && entry !== undefined) node.entries.splice(node.entries.indexOf(entry), 1);
}
