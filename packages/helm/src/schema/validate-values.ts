import type { Chart } from '../chart/chart.ts';
import { isObject } from '../fields.ts';
import { HelmError, type HelmErrorKind } from '../helm-error.ts';
import type { Values } from '../values/merge-maps.ts';
import type { Warning } from '../values/warning.ts';
import type { SchemaCache } from './schema-cache.ts';
import { SchemaTooLarge } from './schema-error.ts';
import { validate } from './validate.ts';

/** What one chart finds wrong with its values. */
interface Problem {
  readonly kind: HelmErrorKind;
  readonly text: string;
}

/**
 * Checks what templates would see, `coalesceValues`' values, by the schema of the chart and those of the charts in it. Throws `HelmError` of
 * kind `invalid-values` with Helm's lines for all of them; `invalid-schema` when a schema is none, or refers to what would have to be
 * fetched; `too-large` when it asks for too much. Returns what Helm would warn of.
 */
export function validateValues(chart: Chart, values: Values, cache: SchemaCache): readonly Warning[] {
  const warnings: Warning[] = [];
  const problems = problemsOf(chart, values, { cache, warnings });
  if (problems.length === 0) return warnings;
  const kind =
    (['too-large', 'invalid-schema'] as const).find((one) => problems.some((problem) => problem.kind === one)) ?? 'invalid-values';
  const text = problems.map((problem) => problem.text).join('');
  throw new HelmError(kind, `values don't meet the specifications of the schema(s) in the following chart(s):\n${text}`);
}

interface Validating {
  readonly cache: SchemaCache;
  readonly warnings: Warning[];
}

function problemsOf(chart: Chart, values: Values, validating: Validating): readonly Problem[] {
  const { metadata, dependencies } = chart;
  const problem = ownProblem(chart, values, validating);
  const own = problem === undefined ? [] : [{ ...problem, text: `${metadata.name}:\n${problem.text}` }];
  return [...own, ...dependencies.flatMap((subchart) => problemsBelow(subchart, values, validating))];
}

function problemsBelow(subchart: Chart, values: Values, validating: Validating): readonly Problem[] {
  const { name } = subchart.metadata;
  const its = Object.hasOwn(values, name) ? values[name] : undefined;
  if (its === undefined || its === null) return [];
  if (isObject(its)) return problemsOf(subchart, its, validating);
  return [{ kind: 'invalid-values', text: `${name}:\ninvalid type for values: expected object (map), got ${typeof its}\n` }];
}

function ownProblem({ schema }: Chart, values: Values, { cache, warnings }: Validating): Problem | undefined {
  if (schema === undefined) return undefined;
  const compiled = cache.compiled(schema);
  if (compiled.kind !== 'ready') return { kind: compiled.kind === 'invalid' ? 'invalid-schema' : 'too-large', text: compiled.message };
  warnings.push(...compiled.warnings);
  try {
    const problem = validate(compiled.schema, values);
    return problem === undefined ? undefined : { kind: 'invalid-values', text: `${problem}\n` };
  } catch (error) {
    if (!(error instanceof SchemaTooLarge)) throw error;
    return { kind: 'too-large', text: error.message };
  }
}
