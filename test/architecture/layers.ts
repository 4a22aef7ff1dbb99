/** Which layer a package is in (docs/architecture.md): it may import packages of lower layers, and those of its own that are named here. */
export interface Layer {
  readonly number: number;
  /** Packages of the same layer that it may import. */
  readonly beside: readonly string[];
  /** Whether it may do I/O: engines turn bytes into objects and nothing else. */
  readonly pure?: true;
}

export const LAYERS: Readonly<Record<string, Layer>> = {
  apimachinery: { number: 0, beside: [], pure: true },
  api: { number: 1, beside: [] },
  kustomize: { number: 2, beside: [], pure: true },
  kstatus: { number: 2, beside: [], pure: true },
  envsubst: { number: 2, beside: [], pure: true },
  gotemplate: { number: 2, beside: [], pure: true },
  helm: { number: 2, beside: ['gotemplate'], pure: true },
  kube: { number: 3, beside: ['auth'] },
  auth: { number: 3, beside: [] },
  git: { number: 3, beside: ['auth'] },
  oci: { number: 3, beside: ['auth'] },
  bucket: { number: 3, beside: ['auth'] },
  sops: { number: 3, beside: ['auth'] },
  artifact: { number: 3, beside: ['auth'] },
  runtime: { number: 4, beside: [] },
  ssa: { number: 4, beside: [] },
  'source-controller': { number: 5, beside: [] },
  'kustomize-controller': { number: 5, beside: [] },
  cli: { number: 6, beside: [] },
};

/** For tests alone: nothing that is shipped imports it. */
export const TEST_ONLY: ReadonlySet<string> = new Set(['testkit']);
