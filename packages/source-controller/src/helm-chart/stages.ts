import { ApiError, ConnectionError } from '@gotk/kube';
import { OciError } from '@gotk/oci';
import { Failed, Stalled } from '@gotk/runtime';
import type { SourceRun } from '../source/source-run.ts';
import type { StagePolicy } from '../source/stage.ts';
import { type ChartPart, PartFailed } from './chart-part.ts';
import { isRefusedLogin } from './refused-login.ts';

/** The parts of a HelmChart's reconciliation that can fail. */
export type ChartStage = ChartPart | 'login' | 'verify';

/** The source has no part in it: the API server did not answer for a Secret. */
const isServers = (error: unknown): boolean => error instanceof ApiError || error instanceof ConnectionError;

const fetching = (reason: string, attempt: string): StagePolicy => ({
  condition: 'FetchFailed',
  reason: () => reason,
  attempt,
  isForeign: isServers,
});
const building = (reason: string, attempt: string): StagePolicy => ({ ...fetching(reason, attempt), condition: 'BuildFailed' });

/** What each failure is called, and how the message begins (contract 1.1). */
export const STAGES: Readonly<Record<ChartStage, StagePolicy>> = {
  login: fetching('AuthenticationFailed', 'failed to authenticate with the Helm repository'),
  reference: fetching('InvalidChartReference', 'invalid chart reference'),
  pull: fetching('ChartPullError', 'chart pull error'),
  verify: building('ChartVerificationError', 'chart verification error'),
  metadata: building('MetadataPatchError', 'chart metadata patch error'),
  values: building('ValuesFilesError', 'values files merge error'),
  dependencies: building('DependencyBuildError', 'dependency build error'),
  package: building('ChartPackageError', 'chart package error'),
};

/** What only another spec, or another source, can help against. */
const FOR_GOOD: ReadonlySet<string> = new Set(['reference', 'metadata', 'values'] satisfies ChartStage[]);

/** Nobody tells when a registry gets another version. */
const mayPass = (cause: unknown): boolean => cause instanceof OciError && cause.kind === 'no-match';

/** Does a part of the work; what fails within it is the failure of the innermost part, which stalls the object if trying again cannot help. */
export async function staged<T>(run: Pick<SourceRun<ChartStage>, 'within'>, stage: ChartStage, work: () => Promise<T>): Promise<T> {
  const failed = async (error: unknown): Promise<never> => {
    const name = error instanceof PartFailed ? error.part : stage;
    const cause = error instanceof PartFailed ? error.cause : error;
    const isLogin = (name === 'pull' || name === 'reference') && isRefusedLogin(cause);
    try {
      return await run.within(isLogin ? 'login' : name, () => Promise.reject(cause));
    } catch (failure) {
      if (isLogin || !FOR_GOOD.has(name) || mayPass(cause) || !(failure instanceof Failed)) throw failure;
      const { reason, message, change } = failure;
      throw new Stalled({ reason, message, cause, ...change });
    }
  };
  return await run.within(stage, () => work().catch(failed));
}
