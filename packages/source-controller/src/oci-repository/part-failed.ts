import { OciError } from '@gotk/oci';
import { Failed, Stalled } from '@gotk/runtime';
import type { SourceRun } from '../source/source-run.ts';
import type { OciStage } from './stages.ts';

/** A part of work that is done for several objects at once: each of them says in its own words that it failed. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';
  readonly part: OciStage;

  constructor(part: OciStage, cause: unknown) {
    super(`failed: ${part}`, { cause });
    this.part = part;
  }
}

/** Does a part of shared work. Throws `PartFailed`, of the innermost part if there are several. */
export async function part<T>(name: OciStage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PartFailed ? error : new PartFailed(name, error);
  }
}

type Run = Pick<SourceRun<OciStage>, 'within'>;

/** Waits for shared work in a stage of a run; a part of it that failed is the failure of the stage of that name. */
export async function shared<T>(run: Run, stage: OciStage, work: () => Promise<T>): Promise<T> {
  return await run.within(stage, async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PartFailed)) throw error;
      return await failedIn(run, error.part, { cause: error.cause, forGood: isSpecs(error.cause) });
    }
  });
}

/** Fails a stage. What only another spec can help against, and is said like any other failure of the stage, stalls the object. */
export async function failedIn(
  run: Run,
  stage: OciStage,
  { cause, forGood }: { readonly cause: unknown; readonly forGood: boolean },
): Promise<never> {
  try {
    return await run.within(stage, () => Promise.reject(cause));
  } catch (error) {
    if (!forGood || !(error instanceof Failed)) throw error;
    const { reason, message, change } = error;
    throw new Stalled({ reason, message, cause, ...change });
  }
}

const isSpecs = (cause: unknown): boolean => cause instanceof OciError && cause.kind === 'invalid';
