import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { GitSigner } from './signer.ts';

const execute = promisify(execFile);

/** What a file shall be: text, an executable, a link, or gone. */
export type FileChange = string | Uint8Array | null | { readonly linkTo: string };
export type FileChanges = Readonly<Record<string, FileChange>>;

/** A repository on the test server, and a work tree to commit from. */
export interface TestRepository {
  readonly url: string;
  /** The bare repository. */
  readonly directory: string;
  /** Commits and pushes; resolves with the commit's id. */
  commit(message: string, files: FileChanges, options?: { readonly branch?: string; readonly signer?: GitSigner }): Promise<string>;
  /** Tags HEAD and pushes the tag; a signed one is annotated. */
  tag(name: string, options?: { readonly annotated?: boolean; readonly signer?: GitSigner }): Promise<void>;
  /** Runs Git in the work tree. */
  git(...args: readonly string[]): Promise<string>;
}

const ENV = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A Developer',
  GIT_AUTHOR_EMAIL: 'developer@example.com',
  GIT_COMMITTER_NAME: 'A Developer',
  GIT_COMMITTER_EMAIL: 'developer@example.com',
};

/** Makes an empty bare repository and an empty work tree beside it. */
export async function createRepository({
  root,
  name,
  url,
}: {
  readonly root: string;
  readonly name: string;
  readonly url: string;
}): Promise<TestRepository> {
  const directory = join(root, `${name}.git`);
  const work = join(root, `${name}.work`);
  const gitAs = async (signer: GitSigner | undefined, args: readonly string[]) => {
    const settings = Object.entries(signer?.config ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const env = { ...ENV, ...signer?.env };
    const { stdout } = await execute('git', [...settings, ...args], { cwd: work, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  };
  const git = (...args: readonly string[]) => gitAs(undefined, args);
  await mkdir(work, { recursive: true });
  await git('init', '--quiet', '--bare', '--initial-branch=main', directory);
  await git('init', '--quiet', '--initial-branch=main', '.');
  await git('remote', 'add', 'origin', directory);

  return {
    url,
    directory,
    git,
    async commit(message, files, { branch = 'main', signer } = {}) {
      const known = await git('branch', '--list', branch);
      const current = await git('symbolic-ref', '--short', 'HEAD');
      if (current !== branch) await git('checkout', '--quiet', ...(known === '' ? ['-b'] : []), branch);
      for (const [path, change] of Object.entries(files)) await write(join(work, path), change);
      await git('add', '--all', '--force');
      await gitAs(signer, ['commit', '--quiet', '--allow-empty', ...(signer === undefined ? [] : ['-S']), '-m', message]);
      await git('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
      return git('rev-parse', 'HEAD');
    },
    async tag(tag, { annotated = false, signer } = {}) {
      const kind = signer !== undefined ? ['-s', '-m', tag] : annotated ? ['-a', '-m', tag] : [];
      await gitAs(signer, ['tag', ...kind, tag]);
      await git('push', '--quiet', 'origin', `refs/tags/${tag}`);
    },
  };
}

async function write(file: string, change: FileChange): Promise<void> {
  await rm(file, { force: true, recursive: true });
  if (change === null) return;
  await mkdir(dirname(file), { recursive: true });
  if (typeof change === 'string' || change instanceof Uint8Array) await writeFile(file, change);
  else await symlink(change.linkTo, file);
}
