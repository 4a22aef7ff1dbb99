import { CEL_TASK, evaluateCel } from '@gotk/kstatus/cel';

/** What the threads of a pool serve for `celEvaluator`. */
export const celTasks = { [CEL_TASK]: evaluateCel } as const;
