import { HelmError } from '../helm-error.ts';

/** The version of a cluster. */
export interface KubeVersion {
  /** As the cluster has it: `v1.33.4-gke.1245000`. */
  readonly version: string;
  /** Its numbers: `v1.33.4`. What a chart's `kubeVersion` is compared with. */
  readonly normalized: string;
  readonly major: string;
  readonly minor: string;
}

/** The version that `--kube-version` or a cluster names: two numbers or more, and whatever is behind them. Throws `HelmError` of kind `invalid-reference`. */
export function parseKubeVersion(text: string): KubeVersion {
  const [, numbers] = /^[\t\n\f\r ]*v?([0-9]+(?:\.[0-9]+)*)/.exec(text) ?? [];
  const shown = JSON.stringify(text.slice(0, 256));
  if (numbers === undefined) throw invalid(`could not parse ${shown} as version`);
  const components = numbers.split('.');
  const [major = '', minor] = components;
  if (minor === undefined) throw invalid(`illegal version string ${shown}`);
  if (/^0./.test(major)) throw invalid(`illegal zero-prefixed version component "${major}" in ${shown}`);
  const tooLarge = components.find((component) => BigInt(component) >= 2n ** 64n);
  if (tooLarge !== undefined)
    throw invalid(
      `illegal non-numeric version component "${tooLarge}" in ${shown}: strconv.ParseUint: parsing "${tooLarge}": value out of range`,
    );
  const [shortMajor = '', shortMinor = ''] = components.map((component) => String(BigInt(component)));
  return {
    version: text.startsWith('v') ? text : `v${text}`,
    normalized: `v${components.map((component) => String(BigInt(component))).join('.')}`,
    major: shortMajor,
    minor: shortMinor,
  };
}

const invalid = (why: string): HelmError => new HelmError('invalid-reference', why);
