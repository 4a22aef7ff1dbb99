import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gvkOf, type Unstructured } from '@gotk/apimachinery';
import { renderYaml } from '@gotk/apimachinery/yaml';
import { isClusterScoped } from '@gotk/kustomize';
import { Failure } from '../command.ts';

/** The objects as one stream, each document as kustomize prints it. */
export const renderStream = (objects: readonly Unstructured[]): string => objects.map(renderYaml).join('---\n');

interface Destination {
  /** A file, or a directory that exists; undefined: standard output. */
  readonly path: string | undefined;
  readonly print: (text: string) => void;
}

/** Throws `Failure` for what cannot be written. */
export function writeOutput(objects: readonly Unstructured[], { path, print }: Destination): void {
  if (path === undefined) print(renderStream(objects));
  else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) write(path, renderStream(objects));
  else for (const [name, object] of named(objects)) write(join(path, name), renderYaml(object));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Files as kustomize calls them: by kind and name, and by namespace if there is more than one. */
function named(objects: readonly Unstructured[]): readonly (readonly [string, Unstructured])[] {
  const namespaces = new Set(objects.map(namespaceOf).filter((namespace) => namespace !== undefined));
  return objects.map((object) => {
    const { group, version, kind } = gvkOf(object);
    const namespace = namespaces.size > 1 ? namespaceOf(object) : undefined;
    const parts = [namespace, group, version, kind, object.metadata.name].filter((part) => part !== undefined && part !== '');
    const name = `${parts.join('_').toLowerCase()}.yaml`;
    if (/[/\\\0]/.test(name)) throw new Failure(`${object.kind} '${object.metadata.name}': cannot be the name of a file`);
    return [name, object];
  });
}

/** Undefined for objects of the cluster. */
function namespaceOf(object: Unstructured): string | undefined {
  return isClusterScoped(gvkOf(object)) ? undefined : object.metadata.namespace || 'default';
}
