export { type CelExpression, type CelResults, type CompileOptions, compileCel, EvaluationFailed, InvalidExpression } from './expression.ts';
export { CEL_TASK, type CelTask, evaluateCel } from './task.ts';
