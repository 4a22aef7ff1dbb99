import { sanitized } from '../chart/sanitize.ts';
import { problemWith } from '../chart/validate.ts';
import { fieldsOf } from '../fields.ts';

/** A version of a chart in a repository. */
export interface ChartVersion {
  readonly name: string;
  readonly version: string;
  /** Where its archive is, absolute or relative to the repository: `resolveChartUrl`. */
  readonly urls: readonly string[];
  /** Of the archive: hex of SHA-256, as far as it is given. */
  readonly digest?: string;
  readonly appVersion?: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly deprecated?: true;
}

/** What is read of a version in an index, before it was looked at. */
export interface IndexEntry {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly appVersion?: string | undefined;
  readonly type?: string | undefined;
  readonly deprecated?: boolean | undefined;
  readonly created?: string | undefined;
  readonly digest?: string | undefined;
  readonly urls?: readonly string[] | undefined;
  readonly maintainers?: readonly unknown[] | undefined;
  /** Of its dependencies: null where there is none at all, empty where it has no alias. */
  readonly aliases?: readonly (string | null)[] | undefined;
}

/** Null where there is nothing. Throws `WrongType`. */
export function readEntry(value: unknown): IndexEntry | null {
  const fields = fieldsOf(value, 'a version of a chart');
  if (fields === undefined) return null;
  return {
    name: fields.text('name'),
    version: fields.text('version'),
    apiVersion: fields.text('apiVersion'),
    appVersion: fields.text('appVersion'),
    type: fields.text('type'),
    deprecated: fields.flag('deprecated'),
    created: fields.text('created'),
    digest: fields.text('digest'),
    urls: fields.texts('urls'),
    maintainers: fields.list('maintainers'),
    aliases: fields.list('dependencies')?.map((item) => (item === null ? null : (fieldsOf(item, 'a dependency')?.text('alias') ?? ''))),
  };
}

/** The version, or why Helm would leave it out. */
export function toChartVersion(entry: IndexEntry | null): ChartVersion | string {
  if (entry === null) return 'empty entry';
  const {
    version = '',
    appVersion = '',
    created = '',
    digest = '',
    type = '',
    urls = [],
    deprecated,
    maintainers = [],
    aliases = [],
  } = entry;
  const name = sanitized(entry.name ?? '');
  const dependencies = aliases.map((alias) => (alias === null ? null : alias === '' ? { name: '' } : { name: '', alias }));
  // An index that does not say is from the times of Helm 2.
  const problem = problemWith({ apiVersion: entry.apiVersion || 'v1', name, version, type, maintainers, dependencies });
  if (problem !== undefined) return problem;
  const read: { -readonly [K in keyof ChartVersion]: ChartVersion[K] } = { name, version, urls };
  if (digest !== '') read.digest = digest;
  if (appVersion !== '') read.appVersion = sanitized(appVersion);
  if (created !== '') read.created = created;
  if (deprecated === true) read.deprecated = deprecated;
  return read;
}
