import { KNOWN_API_VERSIONS } from './known-api-versions.ts';
import type { KubeVersion } from './kube-version.ts';

/** What Helm says it is. */
export interface HelmVersion {
  readonly version: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly goVersion: string;
  readonly kubeClientVersion: string;
}

/** What templates are told of the cluster, and of Helm. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** `apps/v1`; with a kind behind it where the cluster was asked: `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[];
  readonly helmVersion: HelmVersion;
}

/** What Helm 4.2.4 assumes when there is no cluster. */
export const DEFAULT_CAPABILITIES: Capabilities = {
  kubeVersion: { version: 'v1.36.0', normalized: 'v1.36.0', major: '1', minor: '36' },
  apiVersions: KNOWN_API_VERSIONS,
  helmVersion: { version: 'v4.2', gitCommit: '', gitTreeState: '', goVersion: 'go1.26.8', kubeClientVersion: 'v1.36' },
};
