import { isRecord } from '@gotk/apimachinery';
import { load } from 'js-yaml';

/** A kubeconfig's three lists, by name. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** As the file has them, unchecked. */
  readonly fields: Fields;
  /** Of the file: paths in the entry are relative to it. */
  readonly directory: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a kubeconfig, YAML or JSON. Throws an error that says what is wrong and quotes nothing of the text, which holds secrets. */
export function parseKubeconfig(text: string, directory: string): Kubeconfig {
  let parsed: unknown;
  try {
    parsed = load(text);
  } catch {
    throw new Error('it is not YAML');
  }
  if (!isRecord(parsed)) throw new Error('it is not a kubeconfig');
  const config = parsed;
  return {
    currentContext: textOf(config, 'current-context'),
    contexts: entries('contexts', 'context'),
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
  };

  function entries(list: string, field: string): ReadonlyMap<string, Entry> {
    const all = config[list] ?? [];
    if (!Array.isArray(all)) throw new Error(`'${list}' is not a list`);
    const named = all.map((entry: unknown): readonly [string, Entry] => {
      const name = isRecord(entry) ? textOf(entry, 'name') : undefined;
      if (!isRecord(entry) || name === undefined) throw new Error(`'${list}' has an entry without a name`);
      const fields = entry[field];
      return [name, { fields: isRecord(fields) ? fields : {}, directory }];
    });
    return firstByName(named);
  }
}

/** Joins several files as kubectl does when `KUBECONFIG` has several paths: the first one to name something decides it. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: firstByName(configs.flatMap(({ contexts }) => [...contexts])),
    clusters: firstByName(configs.flatMap(({ clusters }) => [...clusters])),
    users: firstByName(configs.flatMap(({ users }) => [...users])),
  };
}

/** A field that is a text; undefined when it is absent or empty. Throws when it is anything else. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new Error(`'${name}' is not a text`);
  return value;
}

const firstByName = (entries: readonly (readonly [string, Entry])[]): ReadonlyMap<string, Entry> => new Map([...entries].reverse());
