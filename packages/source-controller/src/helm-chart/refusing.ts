import { ArtifactError } from '@gotk/artifact/files';
import { HelmError } from '@gotk/helm';
import type { ChartPart, Refused } from './chart-part.ts';

class Refusal extends Error {
  readonly part: ChartPart;

  constructor(part: ChartPart, cause: Error) {
    super(cause.message, { cause });
    this.part = part;
  }
}

/** Does a part of a task; what is wrong with the chart there is that part's failure. */
export function inPart<T>(part: ChartPart, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HelmError || error instanceof ArtifactError) throw new Refusal(part, error);
    throw error;
  }
}

/** The answer of a task, or why it has none. What is nobody's fault is thrown. */
export function answering<T>(work: () => T): T | Refused {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', part: error.part, message: error.message };
    throw error;
  }
}
