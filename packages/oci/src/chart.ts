import { InvalidRange, latestAllowed } from '@gotk/apimachinery';
import { layerOf } from './layer.ts';
import type { Descriptor, ImageManifest } from './manifest.ts';
import { OciError } from './oci-error.ts';
import { isTag } from './reference.ts';
import type { RemoteRepository } from './registry/registry.ts';

/** A chart's archive, and what signs it, as layers (Helm's OCI support, HIP-6). */
const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const PROVENANCE_LAYER = 'application/vnd.cncf.helm.chart.provenance.v1.prov';

/** The tag of a chart's version: a tag may not have the `+` of build metadata, so that Helm writes `_`. */
export const chartTag = (version: string): string => version.replaceAll('+', '_');

/** The inverse of `chartTag`: no version has a `_` of its own. */
export const chartVersion = (tag: string): string => tag.replaceAll('_', '+');

const WHOLE_VERSION = /^\d+\.\d+\.\d+(?:[-+].*)?$/;

/**
 * The version of a chart that a range allows, as its tag says it. A whole version is taken at its word, without asking; '' and `*` are the
 * newest that is no pre-release. Throws `OciError`: `invalid`, `no-match`, or what the registry did; or the signal's reason.
 */
export async function resolveChartVersion(remote: Pick<RemoteRepository, 'tags'>, range: string, signal: AbortSignal): Promise<string> {
  if (WHOLE_VERSION.test(range.replace(/^v/, ''))) {
    if (!isTag(chartTag(range))) throw new OciError('invalid', `${JSON.stringify(range.slice(0, 160))} cannot be the version of a chart`);
    return range;
  }
  const newest = (versions: readonly string[]) => {
    try {
      return latestAllowed(range === '' ? '*' : range, versions);
    } catch (error) {
      if (error instanceof InvalidRange) throw new OciError('invalid', error.message, { cause: error });
      throw error;
    }
  };
  newest([]);
  const versions = (await remote.tags(signal)).map(chartVersion).filter((version) => WHOLE_VERSION.test(version));
  const version = newest(versions);
  if (version === undefined) throw new OciError('no-match', `could not locate a version matching provided version string ${range}`);
  return version;
}

/** The layers of a chart. Throws `OciError`, kind `no-layer`, for an artifact that is no chart. */
export function chartLayers(manifest: ImageManifest): { readonly chart: Descriptor; readonly provenance: Descriptor | undefined } {
  return {
    chart: layerOf(manifest, { mediaType: CHART_LAYER }),
    provenance: manifest.layers.find(({ mediaType }) => mediaType === PROVENANCE_LAYER),
  };
}
