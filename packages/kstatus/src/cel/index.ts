export { type CelExpression, type CelResults, type CompileOptions, compileCel, EvaluationFailed, InvalidExpression } from './expression.ts';
