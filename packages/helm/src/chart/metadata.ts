import { type Fields, fieldsOf, isObject, WrongType } from '../fields.ts';
import { sanitized } from './sanitize.ts';

/** A person, as Chart.yaml names one. */
export interface Maintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** What a chart needs, or, in a lock file, what was found for it. */
export interface Dependency {
  readonly name: string;
  readonly version?: string;
  readonly repository: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
  readonly enabled?: boolean;
  readonly 'import-values'?: readonly unknown[];
  readonly alias?: string;
}

/** A Chart.yaml. Fields that are empty are not there. */
export interface Metadata {
  readonly apiVersion: string;
  readonly name: string;
  readonly version: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly Maintainer[];
  readonly icon?: string;
  readonly condition?: string;
  readonly tags?: string;
  readonly appVersion?: string;
  readonly deprecated?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  readonly dependencies?: readonly Dependency[];
  readonly type?: string;
}

/** As read, before it was looked at: lists may hold nothing, and what must be there may be empty. */
export interface UncheckedMetadata extends Omit<Metadata, 'maintainers' | 'dependencies'> {
  readonly maintainers?: readonly (Maintainer | null)[];
  readonly dependencies?: readonly (Dependency | null)[];
}

/**
 * The fields of a Chart.yaml, their texts without what cannot be printed. What is not there comes from `before`, as a v1 chart's
 * requirements.yaml adds to its Chart.yaml. A chart without an API version is one of v1. Throws `WrongType`.
 */
export function readMetadata(value: unknown, before?: UncheckedMetadata): UncheckedMetadata {
  const fields = fieldsOf(value, 'the chart');
  if (fields === undefined) return before ?? { apiVersion: 'v1', name: '', version: '' };
  const text = (name: string): string | undefined => mapText(fields.text(name), sanitized);
  const texts = (name: string): readonly string[] | undefined => fields.texts(name)?.map(sanitized);
  const read = withoutEmpty({
    name: text('name'),
    home: text('home'),
    sources: texts('sources'),
    version: fields.text('version'),
    description: text('description'),
    keywords: texts('keywords'),
    maintainers: fields.list('maintainers')?.map(readMaintainer),
    icon: text('icon'),
    apiVersion: fields.text('apiVersion'),
    condition: text('condition'),
    tags: text('tags'),
    appVersion: text('appVersion'),
    deprecated: fields.flag('deprecated'),
    annotations: fields.textMap('annotations'),
    kubeVersion: text('kubeVersion'),
    dependencies: fields.list('dependencies')?.map(readDependency),
    type: fields.text('type'),
  });
  return { apiVersion: 'v1', name: '', version: '', ...before, ...read };
}

function readMaintainer(value: unknown): Maintainer | null {
  const fields = fieldsOf(value, 'a maintainer');
  if (fields === undefined) return null;
  const text = (name: string): string | undefined => mapText(fields.text(name), sanitized);
  return withoutEmpty({ name: text('name'), email: text('email'), url: text('url') });
}

/** Null where there is nothing. Throws `WrongType`. */
export function readDependency(value: unknown): Dependency | null {
  const fields = fieldsOf(value, 'a dependency');
  if (fields === undefined) return null;
  const text = (name: string): string | undefined => mapText(fields.text(name), sanitized);
  const optional = withoutEmpty({
    version: text('version'),
    condition: text('condition'),
    tags: fields.texts('tags')?.map(sanitized),
    enabled: fields.flag('enabled'),
    'import-values': importValues(fields),
    alias: fields.text('alias'),
  });
  return { name: text('name') ?? '', repository: text('repository') ?? '', ...optional };
}

function importValues(fields: Fields): readonly unknown[] | undefined {
  const list = fields.list('import-values');
  // Helm finds out only when it processes the values, and does not survive some of it.
  if (list?.every((item) => typeof item === 'string' || isObject(item)) === false)
    throw new WrongType('import-values must be texts or maps');
  return list;
}

const mapText = (text: string | undefined, map: (text: string) => string): string | undefined =>
  text === undefined ? undefined : map(text);

type Filled<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutEmpty<T extends object>(object: T): Filled<T> {
  const isFilled = (value: unknown): boolean =>
    value !== undefined &&
    value !== '' &&
    value !== false &&
    !(Array.isArray(value) && value.length === 0) &&
    !(isObject(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => isFilled(value))) as Filled<T>;
}
