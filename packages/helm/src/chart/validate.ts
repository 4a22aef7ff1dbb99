import { isVersion } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';
import type { Dependency, Metadata, UncheckedMetadata } from './metadata.ts';

/** Some file systems take no longer name, and the artifact's has the version in it too. Helm finds out when it writes. */
const MAX_NAME_CHARACTERS = 250;

/** What an index knows of a chart's metadata, and has to be right. */
export interface Identity {
  readonly apiVersion: string;
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly maintainers?: readonly unknown[];
  readonly dependencies?: readonly (Pick<Dependency, 'name' | 'alias'> | null)[];
}

/**
 * What Helm finds wrong with a chart's metadata, in its words; undefined when nothing is. Aliases and names that occur twice are `twice`'s
 * business: in an index they do no harm, and some servers drop the aliases that keep them apart.
 */
export function problemWith({ apiVersion, name, version, type = '', maintainers = [], dependencies = [] }: Identity): string | undefined {
  if (apiVersion === '') return 'chart.metadata.apiVersion is required';
  if (name === '') return 'chart.metadata.name is required';
  if (name === '.' || name === '..') return `chart.metadata.name ${JSON.stringify(name)} is not allowed`;
  if (name.includes('/') || name.length > MAX_NAME_CHARACTERS)
    return `chart.metadata.name ${JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS))} is invalid`;
  if (version === '') return 'chart.metadata.version is required';
  if (!isVersion(version)) return `chart.metadata.version ${JSON.stringify(version.slice(0, 256))} is invalid`;
  if (!['', 'application', 'library'].includes(type)) return 'chart.metadata.type must be application or library';
  if (maintainers.some((maintainer) => maintainer === null)) return 'maintainers must not contain empty or null nodes';
  for (const dependency of dependencies) {
    if (dependency === null) return 'dependencies must not contain empty or null nodes';
    if (dependency.alias !== undefined && !/^[a-zA-Z0-9_-]+$/.test(dependency.alias)) {
      return `dependency ${JSON.stringify(dependency.name)} has disallowed characters in the alias`;
    }
  }
  return undefined;
}

/** Throws `HelmError` of kind `invalid-chart` with Helm's message. */
export function validateMetadata(metadata: UncheckedMetadata): Metadata {
  const problem = problemWith(metadata) ?? twice(metadata.dependencies ?? []);
  if (problem !== undefined) throw new HelmError('invalid-chart', `validation: ${problem}`);
  return metadata as Metadata;
}

function twice(dependencies: readonly (Dependency | null)[]): string | undefined {
  const seen = new Set<string>();
  for (const dependency of dependencies) {
    const key = dependency?.alias ?? dependency?.name ?? '';
    if (seen.has(key)) return `more than one dependency with name or alias ${JSON.stringify(key)}`;
    seen.add(key);
  }
  return undefined;
}
