import { isObject } from '../fields.ts';
import { goText } from '../values/go-text.ts';
import { compareNumbers, isMultipleOf, isWhole } from './decimal.ts';
import { sameText } from './equal.ts';
import { type Failure, quoted } from './failure.ts';
import { countText, numberText } from './number-text.ts';
import type { Choices, JsonType, Keywords } from './schema.ts';
import { failed, type Visit } from './visit.ts';

function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'number';
  return isObject(value) ? 'object' : (typeof value as 'boolean' | 'number' | 'string');
}

/** What makes looking any further needless. */
export function firstMismatch(visit: Visit, { types, constant, choices, format }: Keywords): Failure | undefined {
  const { value } = visit;
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type)) {
    const isInteger = types.includes('integer') && (typeof value === 'number' || typeof value === 'bigint') && isWhole(value);
    if (!isInteger) return failed(visit, `got ${type}, want ${types.join(' or ')}`);
  }
  if (constant !== undefined && !isOneOf(value, constant)) {
    const [wanted] = constant.values;
    return failed(visit, isCollection(wanted) ? "'const' failed" : `value must be ${shown(wanted)}`);
  }
  if (choices !== undefined && !isOneOf(value, choices)) return failed(visit, choicesText(choices.values));
  const problem = format?.problem(value);
  return problem === undefined ? undefined : failed(visit, `${shown(value)} is not valid ${format?.name}: ${problem}`);
}

const isOneOf = (value: unknown, { texts }: Choices): boolean => texts.has(sameText(value));

const isCollection = (value: unknown): boolean => typeof value === 'object' && value !== null;

function choicesText(choices: readonly unknown[]): string {
  if (choices.some(isCollection)) return "'enum' failed";
  const all = choices.map(shown).join(', ');
  return choices.length === 1 ? `value must be ${all}` : `value must be one of ${all}`;
}

/** Numbers as their JSON has them. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (isCollection(value)) return 'value';
  return typeof value === 'number' ? JSON.stringify(value) : goText(value);
}

export function checkText(visit: Visit, value: string, { minLength, maxLength, pattern }: Keywords): void {
  const { errors } = visit;
  if (minLength !== undefined || maxLength !== undefined) {
    const length = [...value].length;
    const got = (keyword: string, want: number): void => {
      errors.push(failed(visit, `${keyword}: got ${countText(length)}, want ${countText(want)}`));
    };
    if (minLength !== undefined && length < minLength) got('minLength', minLength);
    if (maxLength !== undefined && length > maxLength) got('maxLength', maxLength);
  }
  if (pattern !== undefined && !pattern.matches(value)) {
    errors.push(failed(visit, `${quoted(value)} does not match pattern ${quoted(pattern.text)}`));
  }
}

export function checkNumber(visit: Visit, value: number | bigint, keywords: Keywords): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = keywords;
  const want = (keyword: string, bound: number | bigint | undefined, isRight: (bound: number | bigint) => boolean): void => {
    if (bound === undefined || isRight(bound)) return;
    visit.errors.push(failed(visit, `${keyword}: got ${numberText(value)}, want ${numberText(bound)}`));
  };
  want('minimum', minimum, (bound) => compareNumbers(value, bound) >= 0);
  want('maximum', maximum, (bound) => compareNumbers(value, bound) <= 0);
  want('exclusiveMinimum', exclusiveMinimum, (bound) => compareNumbers(value, bound) > 0);
  want('exclusiveMaximum', exclusiveMaximum, (bound) => compareNumbers(value, bound) < 0);
  want('multipleOf', multipleOf, (factor) => isMultipleOf(value, factor));
}
