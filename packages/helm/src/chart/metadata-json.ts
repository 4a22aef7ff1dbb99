import { goJson, goStruct } from '../go-json.ts';
import type { Dependency, Metadata } from './metadata.ts';

const field = (name: string, value: unknown): readonly [string, string | undefined] => [
  name,
  value === undefined ? undefined : goJson(value),
];

/** A dependency as Go writes Helm's struct of it. */
export const dependencyJson = ({
  name,
  version,
  repository,
  condition,
  tags,
  enabled,
  'import-values': values,
  alias,
}: Dependency): string =>
  goStruct([
    field('name', name),
    field('version', version),
    field('repository', repository),
    field('condition', condition),
    field('tags', tags),
    field('enabled', enabled),
    field('import-values', values),
    field('alias', alias),
  ]);

export const listJson = (items: readonly string[]): string => `[${items.join(',')}]`;

/** The metadata of a chart as Go writes Helm's struct of it. */
export const metadataJson = (metadata: Metadata): string =>
  goStruct([
    field('name', metadata.name),
    field('home', metadata.home),
    field('sources', metadata.sources),
    field('version', metadata.version),
    field('description', metadata.description),
    field('keywords', metadata.keywords),
    [
      'maintainers',
      metadata.maintainers &&
        listJson(
          metadata.maintainers.map(({ name, email, url }) => goStruct([field('name', name), field('email', email), field('url', url)])),
        ),
    ],
    field('icon', metadata.icon),
    field('apiVersion', metadata.apiVersion),
    field('condition', metadata.condition),
    field('tags', metadata.tags),
    field('appVersion', metadata.appVersion),
    field('deprecated', metadata.deprecated),
    field('annotations', metadata.annotations),
    field('kubeVersion', metadata.kubeVersion),
    ['dependencies', metadata.dependencies && listJson(metadata.dependencies.map(dependencyJson))],
    field('type', metadata.type),
  ]);
