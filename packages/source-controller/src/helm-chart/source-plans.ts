import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import { latest, untilAborted } from '@gotk/apimachinery';
import type { Storage } from '@gotk/artifact';
import type { WorkerPool } from '@gotk/runtime';
import { part, type Refused } from './chart-part.ts';
import type { ChartSizes } from './chart-tree.ts';
import { LIMITS } from './limits.ts';
import type { ChartPlan, PlanCharts, PlannedCharts } from './plan-chart.ts';

export interface PlanRequest {
  /** A source's. */
  readonly artifact: Artifact;
  /** Of the chart in it: clean. */
  readonly path: string;
  /** Where else in it others look for charts. */
  readonly others: () => readonly string[];
  readonly sizes: ChartSizes;
}

export interface Asking {
  readonly signal: AbortSignal;
  /** On whose behalf, as `namespace/name`. */
  readonly of: string;
}

/** What is known of charts in sources. An artifact is taken apart once for all HelmCharts of its source: a commit to a repository of many charts wakes them all. */
export interface SourcePlans {
  /** Undefined when the artifact is not there. Throws `PartFailed`. */
  planOf(request: PlanRequest, asking: Asking): Promise<ChartPlan | Refused | undefined>;
}

export function createSourcePlans({ storage, workers }: { readonly storage: Storage; readonly workers: WorkerPool }): SourcePlans {
  const known = latest<string, ChartPlan | Refused>(LIMITS.plans);
  const looking = new Map<string, Promise<void>>();
  const keyOf = ({ digest }: Artifact, path: string) => `${digest} ${path}`;

  const look = async ({ artifact, sizes }: PlanRequest, paths: readonly string[], { signal, of }: Asking): Promise<void> => {
    await using scratch = await storage.scratch();
    const archive = join(scratch.directory, 'source');
    if (!(await storage.copyTo(archive, artifact))) return;
    const task = { archive, contentsFile: join(scratch.directory, 'contents'), paths, sizes };
    const options = { signal, deadlineMs: LIMITS.buildMs, of };
    const planned = await part('package', () => workers.run<PlanCharts, PlannedCharts>('plan charts', task, options));
    for (const { path, plan } of planned) known.set(keyOf(artifact, path), plan);
  };

  /** For all who ask at the same time: nobody's own signal ends it. */
  const lookTogether = (request: PlanRequest, of: string): Promise<void> => {
    const paths = [...new Set([request.path, ...request.others()])].slice(0, LIMITS.pathsAtOnce);
    return look(request, paths, { signal: new AbortController().signal, of });
  };

  return {
    async planOf(request, asking) {
      const { artifact, path } = request;
      const { digest } = artifact;
      const answer = () => known.get(keyOf(artifact, path));
      if (answer() !== undefined) return answer();
      // One chart may be what no thread survives: then each is looked at by itself.
      const together = looking.get(digest) ?? lookTogether(request, asking.of).catch(() => undefined);
      if (!looking.has(digest)) {
        looking.set(digest, together);
        void together.finally(() => looking.delete(digest));
      }
      await untilAborted(together, asking.signal);
      if (answer() === undefined) await look(request, [path], asking);
      return answer();
    },
  };
}
