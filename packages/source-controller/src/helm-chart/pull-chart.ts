import { HelmError } from '@gotk/helm';
import { chartLayers, chartTag, connect, type Digest, type RegistryOptions } from '@gotk/oci';

/** The artifact that a version stands for now. */
export async function digestOf(registry: RegistryOptions, version: string, signal: AbortSignal): Promise<Digest> {
  using remote = connect(registry);
  return await remote.digestOf(chartTag(version), signal);
}

export interface PullTarget {
  readonly file: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Pulls a chart by its digest. Throws `OciError`, or `HelmError` for one that is too large. */
export async function pullChart(
  { registry, digest, name }: { readonly registry: RegistryOptions; readonly digest: Digest; readonly name: string },
  { file, maxBytes, signal }: PullTarget,
): Promise<void> {
  using remote = connect(registry);
  const { chart } = chartLayers(await remote.image(digest, signal));
  if (chart.size > maxBytes) throw new HelmError('too-large', `size of chart '${name}' exceeds '${maxBytes}' bytes limit`);
  await remote.saveBlob(chart, file, { signal, maxBytes });
}
