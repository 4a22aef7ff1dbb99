import { TemplateError } from './template-error.ts';

export interface ExecutionLimits {
  /** How many steps may be taken: evaluating a part of a template is one, and so is handling an element of a list; 10 million, some seconds. */
  readonly maxSteps?: number;
  /** How long all that is printed or made by functions may be together, in UTF-16 units; 64 Mi. */
  readonly maxLength?: number;
  /** How deeply templates may call each other; 100 000 as in Go, where the stack of the thread does not end sooner. */
  readonly maxDepth?: number;
  /** Called every few thousand steps: what it throws ends the execution. For deadlines and signals. */
  readonly checkpoint?: () => void;
}

const STEPS_BETWEEN_CHECKPOINTS = 4096;

/** What an execution, with all that it executes in turn, may still use. */
export class Budget {
  readonly #limits: Required<Omit<ExecutionLimits, 'checkpoint'>>;
  readonly #checkpoint: (() => void) | undefined;
  #steps = 0;
  #length = 0;
  #nextCheck = STEPS_BETWEEN_CHECKPOINTS;
  /** How many templates are being executed within each other. */
  depth = 0;

  constructor({ maxSteps = 10_000_000, maxLength = 64 * 1024 * 1024, maxDepth = 100_000, checkpoint }: ExecutionLimits) {
    this.#limits = { maxSteps, maxLength, maxDepth };
    this.#checkpoint = checkpoint;
  }

  get maxDepth(): number {
    return this.#limits.maxDepth;
  }

  get atMaxDepth(): boolean {
    return this.depth >= this.maxDepth;
  }

  readonly spend = (steps: number): void => {
    this.#steps += steps;
    if (this.#steps < this.#nextCheck) return;
    this.#nextCheck = this.#steps + STEPS_BETWEEN_CHECKPOINTS;
    if (this.#steps > this.#limits.maxSteps) throw exhausted(`takes more than ${this.#limits.maxSteps} steps`);
    this.#checkpoint?.();
  };

  readonly make = (length: number): void => {
    this.#length += length;
    if (this.#length > this.#limits.maxLength) throw exhausted(`makes more than ${this.#limits.maxLength} characters`);
  };
}

const exhausted = (how: string): TemplateError => new TemplateError(`execution of the template ${how}`, { kind: 'limit' });
