import { latest } from '@gotk/apimachinery';
import { CEL_TASK, type CelExpression, type CelTask, compileCel, EvaluationFailed, InvalidExpression } from '@gotk/kstatus/cel';
import type { WorkerPool } from '../workers/options.ts';
import { TaskFailed } from '../workers/task-failed.ts';

/** Evaluates expressions that tenants wrote. */
export interface CelEvaluator {
  /**
   * Whether the expression is true of the variables, which are JSON objects.
   *
   * Throws `InvalidExpression` when it can never be evaluated, `EvaluationFailed` when it has no answer for these values, and `TaskFailed` when it took longer than it may.
   */
  bool(expression: string, variables: Readonly<Record<string, unknown>>, options: CelOptions): Promise<boolean>;
}

export interface CelOptions {
  readonly signal: AbortSignal;
  /** On whose behalf, `namespace/name`. */
  readonly of: string;
  /** See `CompileOptions`; default: the names of the values, each an object. */
  readonly variables?: 'any';
}

export interface CelEvaluatorOptions {
  /** Its threads serve `celTasks` of `@gotk/runtime/cel`. */
  readonly workers: WorkerPool;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;
const MAX_REMEMBERED = 512;

/** What can only take as long as it takes to read runs in place; whatever may loop gets a thread and a deadline. Compiled expressions are remembered. */
export function celEvaluator({ workers, deadlineMs = DEADLINE_MS }: CelEvaluatorOptions): CelEvaluator {
  const compiled = latest<string, CelExpression<boolean>>(MAX_REMEMBERED);

  const compile = (expression: string, variables: readonly string[] | 'any'): CelExpression<boolean> => {
    const key = JSON.stringify([expression, variables]);
    const known = compiled.get(key) ?? compileCel(expression, { variables, result: 'bool' });
    compiled.set(key, known);
    return known;
  };

  return {
    async bool(expression, values, { signal, of, variables }) {
      const program = compile(expression, variables ?? Object.keys(values));
      if (!program.mayLoop) return program.evaluate(values);
      const task: CelTask = { expression, values, result: 'bool', ...(variables === undefined ? {} : { variables }) };
      try {
        return await workers.run<CelTask, boolean>(CEL_TASK, task, { signal, deadlineMs, of, repeatable: true });
      } catch (error) {
        throw rebuilt(error);
      }
    },
  };
}

/** Structured clone does not keep the class of an error. */
function rebuilt(error: unknown): unknown {
  if (!(error instanceof TaskFailed)) return error;
  if (error.errorName === 'InvalidExpression') return new InvalidExpression(error.message, { cause: error });
  if (error.errorName === 'EvaluationFailed') return new EvaluationFailed(error.message, { cause: error });
  return error;
}
