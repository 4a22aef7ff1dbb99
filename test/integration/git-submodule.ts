import type { TestRepository } from '@gotk/testkit';

/** Puts a commit of another repository at a path. */
export async function addSubmodule(
  repository: TestRepository,
  { path, url, commit }: { path: string; url: string; commit: string },
): Promise<string> {
  await repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
  await repository.git('config', '--file', '.gitmodules', `submodule.${path}.path`, path);
  await repository.git('config', '--file', '.gitmodules', `submodule.${path}.url`, url);
  await repository.git('add', '.gitmodules');
  await repository.git('commit', '--quiet', '-m', `with ${path}`);
  await repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  return await repository.git('rev-parse', 'HEAD');
}
