export { gitRepositoryController } from './git-repository/controller.ts';
export { sourceController } from './program.ts';
