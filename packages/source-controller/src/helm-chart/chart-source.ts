import {
  type Artifact,
  type Bucket,
  buckets,
  type GitRepository,
  gitRepositories,
  type HelmChart,
  type HelmRepository,
  helmCharts,
  helmRepositories,
} from '@gotk/api';
import { type KubeObject, keyOf, type Resource } from '@gotk/apimachinery';
import { normalizeRepositoryUrl } from '@gotk/helm';
import type { Indexes } from '@gotk/kube';
import { artifactWatch, type ConditionUpdate, type Controller, type Manager, sourceId, Waiting, watches } from '@gotk/runtime';

/** Where a HelmChart comes from. */
export type ChartSource =
  | { readonly kind: 'index'; readonly repository: HelmRepository; readonly artifact: Artifact }
  | { readonly kind: 'registry'; readonly repository: HelmRepository }
  | { readonly kind: 'tree'; readonly of: 'GitRepository' | 'Bucket'; readonly artifact: Artifact };

/** What of the cluster HelmCharts depend on. */
export interface ChartSources {
  /** To be spread into the controller: a source's new artifact wakes its charts. */
  readonly watch: Required<Pick<Controller<HelmChart>, 'indexes' | 'triggers'>>;
  /** Throws `Waiting` for one that is not there, or has nothing yet. */
  sourceOf(chart: HelmChart): ChartSource;
  /** Where in its source a chart and all others of the same source are looked for, as their objects say. */
  pathsBeside(chart: HelmChart): readonly string[];
  /** The HelmRepository of a namespace that stands for a URL, in its normal form. */
  repositoryFor(url: string, namespace: string): HelmRepository | undefined;
}

const BY_SOURCE = 'source';
const BY_URL = 'url';

export function chartSources(manager: Pick<Manager, 'informer'>): ChartSources {
  const informers = {
    HelmRepository: manager.informer(helmRepositories, { indexes: { [BY_URL]: (repository) => urlsOf(repository) } }),
    GitRepository: manager.informer(gitRepositories),
    Bucket: manager.informer(buckets),
  } as const;

  const indexes: Indexes<HelmChart> = { [BY_SOURCE]: (chart) => sourcesOf(chart) };
  const charts = manager.informer(helmCharts, { indexes });

  return {
    watch: {
      indexes,
      triggers: [
        artifactWatch(informers.HelmRepository, { index: BY_SOURCE }),
        artifactWatch(informers.GitRepository, { index: BY_SOURCE }),
        artifactWatch(informers.Bucket, { index: BY_SOURCE }),
        // A registry has no artifact that could change: its charts go by what its object says.
        watches(informers.HelmRepository, (delta) =>
          delta.kind === 'updated' && isRegistry(delta.object) && delta.old.metadata.generation !== delta.object.metadata.generation
            ? [{ index: BY_SOURCE, value: sourceId(delta.object.kind, keyOf(delta.object)), priority: 'normal' }]
            : [],
        ),
      ],
    },
    sourceOf(chart) {
      const { kind, name } = chart.spec.sourceRef;
      const key = { namespace: chart.metadata.namespace ?? '', name };
      if (kind !== 'HelmRepository')
        return { kind: 'tree', of: kind, artifact: artifactOf(chart, informers[kind].get(key) ?? unavailable(chart)) };
      const repository = informers.HelmRepository.get(key) ?? unavailable(chart);
      return isRegistry(repository)
        ? { kind: 'registry', repository }
        : { kind: 'index', repository, artifact: artifactOf(chart, repository) };
    },
    pathsBeside: (chart) => sourcesOf(chart).flatMap((source) => charts.byIndex(BY_SOURCE, source).map(({ spec }) => spec.chart)),
    repositoryFor: (url, namespace) => informers.HelmRepository.byIndex(BY_URL, urlId(url, namespace))[0],
  };
}

function artifactOf(chart: HelmChart, { status }: HelmRepository | GitRepository | Bucket): Artifact {
  if (status?.artifact === undefined) throw noArtifact(chart);
  return status.artifact;
}

function unavailable({ spec: { sourceRef } }: HelmChart): never {
  throw waiting('SourceUnavailable', `failed to get source: ${nameOf(sourceRef.kind)} "${sourceRef.name}" not found`);
}

/** The source has nothing to make a chart from: it is about to, and wakes the chart then. */
export const noArtifact = ({ spec: { sourceRef } }: HelmChart): Waiting =>
  waiting('NoSourceArtifact', `no artifact available for ${sourceRef.kind} source '${sourceRef.name}'`);

function waiting(reason: string, message: string): Waiting {
  const condition: ConditionUpdate = { type: 'FetchFailed', status: 'True', reason, message };
  return new Waiting({ reason, message, conditions: [condition], againMs: AGAIN_MS });
}

/** The net below the watches. */
const AGAIN_MS = 60_000;

const isRegistry = (source: KubeObject & { readonly spec?: { readonly type?: string } }): boolean => source.spec?.type === 'oci';

/** As the API server calls an object that is not there. */
function nameOf(kind: HelmChart['spec']['sourceRef']['kind']): string {
  const { group, plural }: Pick<Resource, 'group' | 'plural'> = {
    HelmRepository: helmRepositories,
    GitRepository: gitRepositories,
    Bucket: buckets,
  }[kind];
  return `${plural}.${group}`;
}

// Indexes are asked of any object in the cache: one that breaks its schema is filed nowhere.
function sourcesOf({ spec, metadata }: Partial<HelmChart> & Pick<HelmChart, 'metadata'>): readonly string[] {
  const { kind, name } = spec?.sourceRef ?? {};
  return kind === undefined || name === undefined ? [] : [sourceId(kind, { namespace: metadata.namespace ?? '', name })];
}

function urlsOf({ spec, metadata }: Partial<HelmRepository> & Pick<HelmRepository, 'metadata'>): readonly string[] {
  if (typeof spec?.url !== 'string' || !URL.canParse(spec.url)) return [];
  return [urlId(normalizeRepositoryUrl(spec.url), metadata.namespace ?? '')];
}

const urlId = (url: string, namespace: string): string => `${namespace} ${url}`;
