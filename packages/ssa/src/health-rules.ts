import type { Resource, Unstructured } from '@gotk/apimachinery';
import { isStateless, statusOf, type Verdict } from '@gotk/kstatus';

/** How the health of objects is told. */
export interface HealthRules {
  /** Objects of the kind are healthy as soon as they exist: nobody need look at them. */
  isStateless(resource: Resource): boolean;
  /** May take its time, in another thread. What it throws is what waiting throws. */
  verdictOf(object: Unstructured, signal: AbortSignal): Verdict | Promise<Verdict>;
}

export const kstatusRules: HealthRules = { isStateless, verdictOf: statusOf };
