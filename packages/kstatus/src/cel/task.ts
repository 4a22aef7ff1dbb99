import { type CelResults, compileCel } from './expression.ts';

/** An evaluation as data, for a worker thread. */
export interface CelTask {
  readonly expression: string;
  readonly result: keyof CelResults;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The name under which a worker serves `evaluateCel`. */
export const CEL_TASK = 'evaluate CEL';

/** Compiles and evaluates: throws `InvalidExpression` and `EvaluationFailed`. */
export function evaluateCel({ expression, result, values }: CelTask): CelResults[keyof CelResults] {
  return compileCel(expression, { variables: Object.keys(values), result }).evaluate(values);
}
