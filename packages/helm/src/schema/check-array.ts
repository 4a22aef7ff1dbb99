import { firstTwins } from './equal.ts';
import type { Failure } from './failure.ts';
import { countText } from './number-text.ts';
import type { Keywords, Schema } from './schema.ts';
import { failed, failedFor, type Visit } from './visit.ts';

export function checkArray(visit: Visit, value: readonly unknown[], says: Keywords): void {
  const { minItems, maxItems, hasUniqueItems } = says;
  const got = (keyword: string, want: number): void => {
    visit.errors.push(failed(visit, `${keyword}: got ${countText(value.length)}, want ${countText(want)}`));
  };
  if (minItems !== undefined && value.length < minItems) got('minItems', minItems);
  if (maxItems !== undefined && value.length > maxItems) got('maxItems', maxItems);
  const twins = hasUniqueItems ? firstTwins(value) : undefined;
  if (twins !== undefined) visit.errors.push(failed(visit, `items at ${countText(twins[0])} and ${countText(twins[1])} are equal`));
  checkItems(visit, value, says);
  if (says.contains !== undefined) checkContains(visit, { value, schema: says.contains }, says);
}

function checkItems(visit: Visit, value: readonly unknown[], { prefixItems, items, additionalItems }: Keywords): void {
  const first = Math.min(prefixItems.length, value.length);
  const add = (schema: Schema, at: number): void => {
    const failure = visit.checkBelow(schema, value[at], String(at));
    if (failure !== undefined) visit.errors.push(failure);
  };
  for (const [at, schema] of prefixItems.slice(0, first).entries()) add(schema, at);
  const others = items ?? additionalItems;
  if (others === false && first < value.length) {
    visit.errors.push(failed(visit, `last ${countText(value.length - first)} additionalItem(s) not allowed`));
  } else if (typeof others === 'object') for (let at = first; at < value.length; at++) add(others, at);
}

interface Contained {
  readonly value: readonly unknown[];
  readonly schema: Schema;
}

function checkContains(visit: Visit, { value, schema }: Contained, { minContains, maxContains }: Keywords): void {
  const failures: Failure[] = [];
  const matched: number[] = [];
  for (const [at, item] of value.entries()) {
    const failure = visit.checkBelow(schema, item, String(at));
    if (failure !== undefined) failures.push(failure);
    else {
      matched.push(at);
      if (visit.schema.draft >= 2020) visit.open.items.delete(at);
    }
  }
  const places = `matched ${countText(matched.length)} items at ${matched.join(' ')}`;
  const required = (want: string): string => `${want} items required to match contains schema, but`;
  if (minContains === undefined) {
    if (matched.length === 0) visit.errors.push(failedFor(visit, 'no items match contains schema', failures));
  } else if (matched.length < minContains) {
    const got = matched.length === 0 ? 'none matched' : places;
    visit.errors.push(failedFor(visit, `${required(`min ${countText(minContains)}`)} ${got}`, failures));
  }
  if (maxContains !== undefined && matched.length > maxContains) {
    visit.errors.push(failed(visit, `${required(`max ${countText(maxContains)}`)} ${places}`));
  }
}
