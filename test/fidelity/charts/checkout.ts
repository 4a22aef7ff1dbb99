import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Checkout {
  /** Its owner and name. */
  readonly repository: string;
  readonly commit: string;
  /** The directories and files of it that are wanted; `.` is all of it. */
  readonly paths: readonly string[];
}

/**
 * The directory that has these paths of a repository at a commit: of what is not there yet Git brings the one commit, and no other files than these
 * where the server can send parts. It stays, as what Go downloads does. `remote` is an address with `{owner}` and `{name}` in it.
 */
export function checkOut({ repository, commit, paths }: Checkout, remote: string): string {
  const [owner = '', name = ''] = repository.split('/');
  const directory = join(cache(), `${owner}+${name}@${commit.slice(0, 12)}`);
  mkdirSync(directory, { recursive: true });
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', directory, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  git('init', '--quiet');
  const settings = {
    'remote.origin.url': remote.replace('{owner}', owner).replace('{name}', name),
    'remote.origin.promisor': 'true',
    'remote.origin.partialclonefilter': 'blob:none',
    // What is compared are the bytes of the repository.
    'core.autocrlf': 'false',
  };
  for (const [key, value] of Object.entries(settings)) git('config', key, value);
  if (!hasCommit(directory, commit)) git('fetch', '--quiet', '--depth=1', '--filter=blob:none', 'origin', commit);
  if (paths.includes('.')) git('sparse-checkout', 'disable');
  else git('sparse-checkout', 'set', '--no-cone', ...paths.map((path) => `/${path}`));
  git('checkout', '--quiet', '--force', '--detach', commit);
  return directory;
}

const cache = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gotk', 'charts');

function hasCommit(directory: string, commit: string): boolean {
  try {
    execFileSync('git', ['-C', directory, 'rev-parse', '--quiet', '--verify', `${commit}^{tree}`], {
      stdio: 'ignore',
      // Or Git would ask the server, one object at a time.
      env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
    });
    return true;
  } catch {
    return false;
  }
}
