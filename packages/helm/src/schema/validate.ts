import { isObject } from '../fields.ts';
import { checkArray } from './check-array.ts';
import { checkConditions } from './check-conditions.ts';
import { checkNumber, checkText, firstMismatch } from './check-leaf.ts';
import { checkObject } from './check-object.ts';
import { type Failure, renderFailure } from './failure.ts';
import type { Keywords, Schema } from './schema.ts';
import { SchemaTooLarge } from './schema-error.ts';
import { failed, type MetaschemaAt, Visit } from './visit.ts';

/** A chart's schema leads from schema to schema; Helm follows as long as its stack grows. */
const MAX_DEPTH = 500;
const MAX_STEPS = 1_000_000;

/**
 * What is wrong with a value, in Helm's lines; undefined when nothing is. Throws `SchemaTooLarge` for schemas that lead from one to the
 * other too deeply, or too often. Where the value is a schema itself, `metaschemaAt` says which ones in it are of a draft of their own.
 */
export function validate(schema: Schema, value: unknown, metaschemaAt?: MetaschemaAt): string | undefined {
  // The drafts' own schemas do work in proportion to what they look at.
  const left = metaschemaAt === undefined ? MAX_STEPS : Number.POSITIVE_INFINITY;
  const visit = Visit.first(schema, value, { left, check, metaschemaAt: metaschemaAt ?? (() => undefined) });
  const failure = check(visit);
  return failure === undefined ? undefined : renderFailure(failure);
}

/** Looks at one value by one schema. */
function check(visit: Visit): Failure | undefined {
  visit.run.left -= 1;
  if (visit.run.left < 0) throw new SchemaTooLarge(`the schema asks for more than ${MAX_STEPS} looks at values`);
  if (visit.scope.depth > MAX_DEPTH) throw new SchemaTooLarge(`the schema leads to more than ${MAX_DEPTH} others, one from the other`);
  const { says } = visit.schema;
  if (says === true) return undefined;
  if (says === false) return failed(visit, 'false schema');
  return cycle(visit) ?? firstMismatch(visit, says) ?? checkKeywords(visit, says);
}

function checkKeywords(visit: Visit, says: Keywords): Failure | undefined {
  const { schema, value, errors } = visit;
  if (says.ref !== undefined) {
    const failure = checkReference(visit, says.ref);
    if (schema.draft < 2019) return failure;
    if (failure !== undefined) errors.push(failure);
  }
  if (isObject(value)) checkObject(visit, value, says);
  else if (Array.isArray(value)) checkArray(visit, value, says);
  else if (typeof value === 'string') checkText(visit, value, says);
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(visit, value, says);
  if (errors.length === 0 || !visit.isQuiet) {
    checkMovingReferences(visit, says);
    checkConditions(visit, says);
    checkUnevaluated(visit, says);
  }
  if (errors.length <= 1) return errors[0];
  return { ...failed(visit, 'validation failed'), kind: 'group', causes: errors };
}

/** A schema that refers to itself and looks no deeper into the value never ends. */
function cycle(visit: Visit): Failure | undefined {
  for (let scope = visit.scope.parent; scope !== undefined && scope.valueId === visit.scope.valueId; scope = scope.parent) {
    if (scope.schema === visit.schema) return failed(visit, `reference cycle at ${JSON.stringify(visit.schema.location)}`);
  }
  return undefined;
}

function checkReference(visit: Visit, schema: Schema): Failure | undefined {
  const failure = visit.checkSame(schema);
  if (failure === undefined) return undefined;
  const causes = failure.kind === 'group' ? failure.causes : [failure];
  return { ...failed(visit, 'validation failed'), kind: 'reference', causes };
}

/** References whose targets depend on the schemas that led here. */
function checkMovingReferences(visit: Visit, { recursiveRef, dynamicRef }: Keywords): void {
  const add = (failure: Failure | undefined): void => {
    if (failure !== undefined) visit.errors.push(failure);
  };
  if (recursiveRef !== undefined) add(checkReference(visit, recursiveTarget(visit, recursiveRef)));
  if (dynamicRef !== undefined) {
    const { schema, anchor } = dynamicRef;
    const moves = anchor !== '' && typeof schema.says === 'object' && schema.says.dynamicAnchor === anchor;
    add(checkReference(visit, moves ? outermost(visit, (its) => its.resource?.dynamicAnchors.get(anchor), schema) : schema));
  }
}

function recursiveTarget(visit: Visit, schema: Schema): Schema {
  const moves = (its: Schema | undefined): boolean => typeof its?.says === 'object' && its.says.isRecursiveAnchor;
  return moves(schema) ? outermost(visit, (its) => (moves(its.resource) ? its : undefined), schema) : schema;
}

/** What the outermost of the schemas that led here has, or else the fallback. */
function outermost(visit: Visit, pick: (schema: Schema) => Schema | undefined, fallback: Schema): Schema {
  let found = fallback;
  for (let scope: Visit['scope'] | undefined = visit.scope; scope !== undefined; scope = scope.parent) found = pick(scope.schema) ?? found;
  return found;
}

function checkUnevaluated(visit: Visit, { unevaluatedProperties, unevaluatedItems }: Keywords): void {
  const { value, open, errors } = visit;
  const add = (schema: Schema, item: unknown, token: string): void => {
    const failure = visit.checkBelow(schema, item, token);
    if (failure !== undefined) errors.push(failure);
  };
  if (unevaluatedProperties !== undefined && isObject(value)) {
    for (const name of open.properties) if (Object.hasOwn(value, name)) add(unevaluatedProperties, value[name], name);
    open.properties.clear();
  }
  if (unevaluatedItems !== undefined && Array.isArray(value)) {
    for (const at of open.items) add(unevaluatedItems, value[at], String(at));
    open.items.clear();
  }
}
