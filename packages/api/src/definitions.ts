import type { KubeObject } from '@gotk/apimachinery';
import type { Definition } from './custom-resource.ts';
import { kustomizationDefinition } from './kustomize/v1/kustomization.ts';
import { bucketDefinition } from './source/v1/bucket.ts';
import { externalArtifactDefinition } from './source/v1/external-artifact.ts';
import { gitRepositoryDefinition } from './source/v1/git-repository.ts';
import { helmChartDefinition } from './source/v1/helm-chart.ts';
import { helmRepositoryDefinition } from './source/v1/helm-repository.ts';
import { ociRepositoryDefinition } from './source/v1/oci-repository.ts';

/** Every kind that we serve. */
export const definitions: readonly Definition<KubeObject>[] = [
  bucketDefinition,
  externalArtifactDefinition,
  gitRepositoryDefinition,
  helmChartDefinition,
  helmRepositoryDefinition,
  ociRepositoryDefinition,
  kustomizationDefinition,
];
