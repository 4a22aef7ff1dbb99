import type { Failure } from './failure.ts';
import type { Keywords, Schema } from './schema.ts';
import { failed, failedFor, type Visit } from './visit.ts';

/** Schemas that hold together, or one of them, or none. */
export function checkConditions(visit: Visit, says: Keywords): void {
  const { errors } = visit;
  if (says.not !== undefined && visit.checkSame(says.not, true) === undefined) errors.push(failed(visit, "'not' failed"));
  checkAllOf(visit, says.allOf);
  checkAnyOf(visit, says.anyOf);
  checkOneOf(visit, says.oneOf);
  if (says.condition === undefined) return;
  const holds = visit.checkSame(says.condition.schema, true) === undefined;
  const next = holds ? says.condition.whenTrue : says.condition.whenFalse;
  const failure = next === undefined ? undefined : visit.checkSame(next);
  if (failure !== undefined) errors.push(failure);
}

function checkAllOf(visit: Visit, schemas: readonly Schema[]): void {
  const failures: Failure[] = [];
  for (const schema of schemas) {
    const failure = visit.checkSame(schema);
    if (failure !== undefined) failures.push(failure);
    if (failure !== undefined && visit.isQuiet) break;
  }
  if (failures.length > 0) visit.errors.push(failedFor(visit, "'allOf' failed", failures));
}

function checkAnyOf(visit: Visit, schemas: readonly Schema[]): void {
  if (schemas.length === 0) return;
  const failures: Failure[] = [];
  let matches = false;
  for (const schema of schemas) {
    const failure = visit.checkSame(schema);
    if (failure !== undefined) {
      failures.push(failure);
      continue;
    }
    matches = true;
    // What is looked at counts, as long as somebody asks for it.
    if (visit.open.properties.size === 0 && visit.open.items.size === 0) break;
  }
  if (!matches) visit.errors.push(failedFor(visit, "'anyOf' failed", failures));
}

function checkOneOf(visit: Visit, schemas: readonly Schema[]): void {
  if (schemas.length === 0) return;
  const failures: Failure[] = [];
  let first: number | undefined;
  for (const [at, schema] of schemas.entries()) {
    const failure = visit.checkSame(schema, first !== undefined);
    if (failure === undefined && first !== undefined) {
      visit.errors.push(failed(visit, `'oneOf' failed, subschemas ${first}, ${at} matched`));
      return;
    }
    if (failure === undefined) first = at;
    else if (first === undefined) failures.push(failure);
  }
  if (first === undefined) visit.errors.push(failedFor(visit, "'oneOf' failed, none matched", failures));
}
