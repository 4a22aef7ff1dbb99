import type { KubeObject } from '@gotk/apimachinery';
import type { Definition } from './custom-resource.ts';
import { kustomizationDefinition } from './kustomize/v1/kustomization.ts';
import { gitRepositoryDefinition } from './source/v1/git-repository.ts';

/** Every kind that we serve. */
export const definitions: readonly Definition<KubeObject>[] = [gitRepositoryDefinition, kustomizationDefinition];
