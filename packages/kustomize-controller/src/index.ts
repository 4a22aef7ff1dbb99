export { kustomizationController } from './kustomization/controller.ts';
export { kustomizeController } from './program.ts';
