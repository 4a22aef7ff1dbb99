export { bucketController } from './bucket/controller.ts';
export { gitRepositoryController } from './git-repository/controller.ts';
export { ociRepositoryController } from './oci-repository/controller.ts';
export { sourceController } from './program.ts';
