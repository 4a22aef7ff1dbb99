import type { OCIRepository } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import { chartTag, chartVersion, connect, type OciRevision, type RegistryOptions, resolveReference } from '@gotk/oci';
import { part } from './part-failed.ts';

type Spec = Pick<OCIRepository['spec'], 'ref' | 'layerSelector'>;

const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** The revision that `spec.ref` stands for now. Throws `PartFailed`: a range has a tag to be found first (`tag`), everything else is about a digest (`digest`). */
export async function resolveRevision(
  options: RegistryOptions,
  { ref = {}, layerSelector }: Spec,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<OciRevision> {
  using remote = connect(options);
  const hasRange = (ref.semver ?? '') !== '' && (ref.digest ?? '') === '';
  // Tags of charts have `_` for the `+` of their versions, if one knows that they are charts.
  const ofCharts = hasRange && layerSelector?.mediaType === CHART_LAYER;
  const asked = {
    tags: async (aborted: AbortSignal) => (await remote.tags(aborted)).map(ofCharts ? chartVersion : same),
    digestOf: (tag: string, aborted: AbortSignal) => part('digest', () => remote.digestOf(ofCharts ? chartTag(tag) : tag, aborted)),
  };
  const { tag, digest } = await part(hasRange ? 'tag' : 'digest', () => resolveReference(asked, ref, { signal, clock }));
  return { digest, tag: ofCharts && tag !== undefined ? chartTag(tag) : tag };
}

const same = (tag: string): string => tag;
