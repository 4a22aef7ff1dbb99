import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';

/** Asks for a list of what is in a GitRepository's artifact. See `crd.yaml`. */
export interface ArtifactReport extends KubeObject {
  readonly spec: { readonly sourceRef: { readonly name: string }; readonly suspend?: boolean };
}

export const artifactReports: Resource<ArtifactReport> = {
  group: 'example.dev',
  version: 'v1',
  kind: 'ArtifactReport',
  plural: 'artifactreports',
  namespaced: true,
};

export const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** The report: a ConfigMap of the same name, which goes with its ArtifactReport. */
export function reportOf({ apiVersion, kind, metadata }: ArtifactReport, data: Readonly<Record<string, string>>): Unstructured {
  const { name, namespace = '', uid = '' } = metadata;
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ownerReferences }, data };
}
