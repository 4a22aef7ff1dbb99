import { createHash } from 'node:crypto';
import { type ChartVersion, checkChartName, effectiveValuesFiles, HelmError } from '@gotk/helm';
import { Stalled } from '@gotk/runtime';
import { type RepositoryAccess, repositoryAccess } from '../helm-repository/repository-access.ts';
import { PartFailed } from './chart-part.ts';
import { type ChartSource, noArtifact } from './chart-source.ts';
import { downloadChart, sha256In } from './download-chart.ts';
import {
  buildOptionsOf,
  type ChartDraft,
  type Finding,
  type FoundChart,
  ownerOf,
  pulling,
  readerOf,
  versionFor,
  wayOf,
} from './finding.ts';
import { staged } from './stages.ts';
import { storedIndex } from './stored-index.ts';

/** Finds a chart in a HelmRepository with an index. Nothing is asked of its server before the chart has to be fetched. */
export async function chartFromIndex(source: Extract<ChartSource, { readonly kind: 'index' }>, finding: Finding): Promise<FoundChart> {
  const { chart, deps, run } = finding;
  const { spec } = chart;
  if (spec.verify !== undefined) throw unverifiable();
  await staged(run, 'reference', async () => checkChartName(spec.chart));
  const repository = await run.within('login', () => repositoryAccess(source.repository, readerOf(finding)));
  const index = await storedIndex(source.repository, source.artifact, deps);
  if (index === undefined) throw noArtifact(chart);
  const asked = { name: spec.chart, range: spec.version ?? '' };
  const chosen = await chosenBy(run, () => deps.lookups.choose(index, asked, { signal: run.signal, of: ownerOf(finding) }));
  const version = await versionFor(finding, chosen.version, { kind: 'HelmRepository' });
  const isPackaged = effectiveValuesFiles(spec.valuesFiles ?? []).length > 0;
  return {
    name: chosen.name,
    version,
    isPackaged,
    conditions: [{ type: 'SourceVerified', absent: true }],
    draft: (scratch) => {
      const key = keyOf(repository, chosen, { ...buildOptionsOf(finding, version, ''), isPackaged });
      const { chartBytes: maxBytes } = deps.helmLimits;
      const fetch = (file: string, signal: AbortSignal) => downloadChart(chosen, { repository, file, maxBytes, signal, ...wayOf(finding) });
      const make = pulling(finding, { name: chosen.name, version, fetch });
      return staged(run, 'pull', async () => {
        const draft = await finding.common.drafts.draft({ key, scratch, signal: run.signal, make });
        // Without a digest nobody knows what is at the address another time.
        return sha256In(chosen.digest) === undefined ? withoutRecord(draft) : draft;
      });
    },
  };
}

/** Of all that the artifact depends on, the login included. */
const keyOf = (repository: RepositoryAccess, chosen: ChartVersion, options: object): string =>
  createHash('sha256')
    .update(JSON.stringify([repository.key, chosen, options]))
    .digest('base64');

/** An index that nobody can read is not the fault of whoever asks it. */
function chosenBy(run: Finding['run'], choose: () => Promise<ChartVersion>): Promise<ChartVersion> {
  return staged(run, 'pull', async () => {
    try {
      return await choose();
    } catch (error) {
      if (!(error instanceof HelmError)) throw error;
      const stage = error.kind === 'invalid-index' ? 'pull' : 'reference';
      throw new PartFailed(stage, new HelmError(error.kind, `failed to get chart version for remote reference: ${error.message}`));
    }
  });
}

function unverifiable(): Stalled {
  const reason = 'ChartVerificationError';
  const message = 'chart verification error: only charts of a HelmRepository of type oci can be verified: remove spec.verify';
  return new Stalled({
    reason,
    message,
    conditions: [
      { type: 'BuildFailed', status: 'True', reason, message },
      { type: 'SourceVerified', status: 'False', reason: 'VerificationError', message },
    ],
  });
}

const withoutRecord = ({ onStored: _, ...draft }: ChartDraft): ChartDraft => draft;
