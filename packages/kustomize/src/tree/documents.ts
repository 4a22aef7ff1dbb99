import { InvalidYaml, type ReadYamlOptions, readYaml as read, readYamlNodes, type YamlNode } from '@gotk/apimachinery/yaml';
import { BuildError } from '../build-error.ts';

const maxBytes = 32 * 1024 * 1024;

const MANIFEST: ReadYamlOptions = { dialect: 'manifest', duplicates: 'refused', maxBytes, reprintsFolds: true };
const CONFIG: ReadYamlOptions = { dialect: 'config', duplicates: 'last', maxBytes };
const TEXT: ReadYamlOptions = { dialect: 'text', duplicates: 'last', maxBytes };

/** The documents of a YAML (or JSON) file of Kubernetes objects; empty ones are left out. Throws `BuildError` with file, line and column. */
export const readYaml = (bytes: Uint8Array, file: string): readonly unknown[] => load(bytes, file, MANIFEST).filter(isFull);

/** The same for kustomize's own files: older scalar rules, and the last of several equal keys counts. */
export const readConfigYaml = (bytes: Uint8Array, file: string): readonly unknown[] => load(bytes, file, CONFIG).filter(isFull);

/** A document, and the same with every scalar as it is written: `1.10` is then not 1.1. */
export interface Document {
  readonly value: unknown;
  readonly written: () => unknown;
  /** With the style of everything; undefined when there is none to be had. */
  readonly node?: () => YamlNode | undefined;
}

/** What `readYaml` reads, for whoever may have to look at it as it is written. */
export function readDocuments(bytes: Uint8Array, file: string): readonly Document[] {
  let texts: readonly unknown[] | undefined;
  const written = (index: number): unknown => {
    texts ??= load(bytes, file, TEXT);
    return texts[index];
  };
  let nodes: readonly (YamlNode | undefined)[] | undefined;
  const node = (index: number): YamlNode | undefined => {
    nodes ??= readYamlNodes(new TextDecoder().decode(bytes));
    return nodes[index];
  };
  return load(bytes, file, MANIFEST)
    .map((value, index) => ({ value, written: () => written(index), node: () => node(index) }))
    .filter(({ value }) => isFull(value));
}

const isFull = (document: unknown): boolean => document !== null && document !== undefined;

function load(bytes: Uint8Array, file: string, options: ReadYamlOptions): readonly unknown[] {
  try {
    return read(bytes, options);
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const place = error.at === undefined ? file : `${file}:${error.at.line}:${error.at.column}`;
    throw new BuildError(`${place}: ${error.message}`, { cause: error });
  }
}
