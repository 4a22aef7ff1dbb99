import { ANY, DICT, define, FunctionError, type GoFunction, type GoMap, type GoValue, named, quote, STRING, Typed } from '@gotk/gotemplate';
import { yamlText } from './functions/yaml.ts';

/** A map as what Helm calls values, which has methods; what lies in it are ordinary maps. */
export const valuesMap = (map: GoMap): Typed => new Typed(VALUES, map);

type Method = (values: GoMap) => GoFunction;

/** A key of this name is out of reach, as in Helm. `Encode`, which writes to a file, is of no use to a template. */
const METHODS: Readonly<Record<string, Method>> = {
  AsMap: (values) => define({ params: [], result: DICT }, () => values),
  YAML: (values) => define({ params: [], result: STRING }, (_, context) => `${yamlText(values, context)}\n`),
  Table: (values) => define({ params: [STRING], result: VALUES }, ([path]) => valuesMap(tableAt(values, String(path).split('.')))),
  PathValue: (values) => define({ params: [STRING], result: ANY }, ([path]) => valueAt(values, String(path))),
};

const VALUES = named('common.Values', DICT, {
  methods: new Map(
    Object.entries(METHODS).map(([name, method]) => [
      name,
      (receiver: GoValue) => method(receiver instanceof Typed && receiver.raw instanceof Map ? receiver.raw : new Map()),
    ]),
  ),
});

function tableAt(values: GoMap, path: readonly string[]): GoMap {
  return path.reduce((table, key) => {
    const found = tableOf(table.get(key));
    if (found === undefined) throw new FunctionError(`${quote(key)} is not a table`);
    return found;
  }, values);
}

/** What is no map at a path, which is not empty. */
function valueAt(values: GoMap, path: string): GoValue {
  if (path === '') throw new FunctionError('YAML path cannot be empty');
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const missing = () => new FunctionError(`${quote(last)} is not a value`);
  const table = keys.reduce<GoMap | undefined>((found, key) => tableOf(found?.get(key)), values);
  if (table === undefined || !table.has(last)) throw missing();
  const value = table.get(last);
  if (value instanceof Map) throw missing();
  return value;
}

const tableOf = (value: GoValue): GoMap | undefined => {
  const raw = value instanceof Typed ? value.raw : value;
  return raw instanceof Map ? raw : undefined;
};
