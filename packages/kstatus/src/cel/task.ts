import { type CelResults, compileCel } from './expression.ts';

/** An evaluation as data, for a worker thread. */
export interface CelTask {
  readonly expression: string;
  readonly result: keyof CelResults;
  /** Default: the names of the values. */
  readonly variables?: 'any';
  readonly values: Readonly<Record<string, unknown>>;
}

/** The name under which a worker serves `evaluateCel`. */
export const CEL_TASK = 'evaluate CEL';

/** Compiles and evaluates: throws `InvalidExpression` and `EvaluationFailed`. */
export function evaluateCel({ expression, result, values, variables }: CelTask): CelResults[keyof CelResults] {
  return compileCel(expression, { variables: variables ?? Object.keys(values), result }).evaluate(values);
}
