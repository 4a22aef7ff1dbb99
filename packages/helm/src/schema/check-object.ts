import { compareText } from '@gotk/apimachinery';
import { type Failure, quoted } from './failure.ts';
import { countText } from './number-text.ts';
import type { Keywords, Schema } from './schema.ts';
import { failed, type Visit } from './visit.ts';

type JsonMap = Readonly<Record<string, unknown>>;

const list = (names: readonly string[]): string => names.map(quoted).join(', ');

export function checkObject(visit: Visit, value: JsonMap, says: Keywords): void {
  const { errors } = visit;
  const names = Object.keys(value).sort(compareText);
  checkSize(visit, names.length, says);
  const missing = missingOf(value, says.required);
  if (missing.length > 0) errors.push(failed(visit, `missing ${missing.length === 1 ? 'property' : 'properties'} ${list(missing)}`));
  if (visit.isQuiet && errors.length > 0) return;
  for (const [name, needed] of says.dependencies) {
    if (Object.hasOwn(value, name)) checkNeeded(visit, value, [name, needed]);
  }
  checkProperties(visit, { value, names }, says);
  const { propertyNames } = says;
  if (propertyNames !== undefined) for (const name of names) checkName(visit, propertyNames, name);
  for (const needed of [...says.dependentSchemas, ...says.dependentRequired]) {
    if (Object.hasOwn(value, needed[0])) checkNeeded(visit, value, needed);
  }
}

function checkSize(visit: Visit, count: number, { minProperties, maxProperties }: Keywords): void {
  const got = (keyword: string, want: number): void => {
    visit.errors.push(failed(visit, `${keyword}: got ${countText(count)}, want ${countText(want)}`));
  };
  if (minProperties !== undefined && count < minProperties) got('minProperties', minProperties);
  if (maxProperties !== undefined && count > maxProperties) got('maxProperties', maxProperties);
}

const missingOf = (value: JsonMap, names: readonly string[]): readonly string[] => names.filter((name) => !Object.hasOwn(value, name));

function checkNeeded(visit: Visit, value: JsonMap, [name, needed]: readonly [string, readonly string[] | Schema]): void {
  if (!isNames(needed)) {
    add(visit, visit.checkSame(needed));
    return;
  }
  const missing = missingOf(value, needed);
  if (missing.length > 0) add(visit, failed(visit, `properties ${list(missing)} required, if ${quoted(name)} exists`));
}

const isNames = (needed: readonly string[] | Schema): needed is readonly string[] => Array.isArray(needed);

interface Properties {
  readonly value: JsonMap;
  readonly names: readonly string[];
}

function checkProperties(visit: Visit, { value, names }: Properties, says: Keywords): void {
  const unwanted: string[] = [];
  for (const name of names) {
    if (visit.isQuiet && visit.errors.length > 0) return;
    const schemas = schemasFor(name, says);
    for (const schema of schemas) add(visit, visit.checkBelow(schema, value[name], name));
    const { additionalProperties: others } = says;
    if (schemas.length === 0 && others === undefined) continue;
    visit.open.properties.delete(name);
    if (schemas.length > 0) continue;
    if (others === false) unwanted.push(name);
    else if (typeof others === 'object') add(visit, visit.checkBelow(others, value[name], name));
  }
  if (unwanted.length > 0) add(visit, failed(visit, `additional properties ${list(unwanted)} not allowed`));
}

function schemasFor(name: string, { properties, patternProperties }: Keywords): readonly Schema[] {
  const own = properties.get(name);
  if (patternProperties.length === 0) return own === undefined ? [] : [own];
  const others = patternProperties.filter(([pattern]) => pattern.matches(name)).map(([, schema]) => schema);
  return own === undefined ? others : [own, ...others];
}

/** A name is looked at as a value of its own. */
function checkName(visit: Visit, schema: Schema, name: string): void {
  const failure = visit.checkAlone(schema, name);
  if (failure === undefined) return;
  const causes = failure.kind === 'group' ? failure.causes : [failure];
  add(visit, { path: undefined, text: `invalid propertyName ${quoted(name)}`, kind: 'plain', causes });
}

function add(visit: Visit, failure: Failure | undefined): void {
  if (failure !== undefined) visit.errors.push(failure);
}
