export type { Definition } from './custom-resource.ts';
export { renderCrd } from './custom-resource.ts';
export * from './definitions.ts';
export * from './kustomize/v1/kustomization.ts';
export * from './meta/names.ts';
export * from './source/v1/git-repository.ts';
export * from './validate.ts';
