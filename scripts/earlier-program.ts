// `make upgrade`: bundles a program as an earlier revision of this repository has it, with the dependencies of its own lockfile, and prints where the bundle is.
//
//   node scripts/earlier-program.ts <package> [revision]
//
// Without a revision: the last release (`v*`) before what is checked out, or the state of fifty commits ago while there is none. Bundles are kept in a cache outside
// the checkout; neither the work tree nor what Git knows of it changes.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gotk', 'revisions');
const COMMITS_AGO = 50;

class Unusable extends Error {}

try {
  const [name, wanted] = process.argv.slice(2);
  if (name === undefined) throw new Unusable('which package? node scripts/earlier-program.ts <package> [revision]');
  console.log(bundleOf(name, wanted === undefined || wanted === '' ? earlier() : commitOf(wanted)));
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function bundleOf(name: string, commit: string): string {
  const home = join(cache, `${commit}-${name}`);
  const main = join(home, 'main.js');
  console.error(`${name} of ${git('log', '-1', '--format=%h (%cs, %s)', commit)}`);
  if (!existsSync(main)) bundle(name, { commit, home });
  return main;
}

function bundle(name: string, { commit, home }: { readonly commit: string; readonly home: string }): void {
  const tree = mkdtempSync(join(tmpdir(), 'gotk-revision-'));
  try {
    const archive = join(tree, 'tree.tar');
    git('archive', '--format=tar', `--output=${archive}`, commit);
    execFileSync('tar', ['-xf', archive, '-C', tree]);
    rmSync(archive);
    inTree(tree, ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--silent']);
    inTree(tree, ['node', 'scripts/bundle.ts', name]);
    mkdirSync(cache, { recursive: true });
    const whole = mkdtempSync(join(cache, 'new-'));
    cpSync(join(tree, 'packages', name, 'dist'), whole, { recursive: true });
    rmSync(home, { recursive: true, force: true });
    renameSync(whole, home);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unusable(`${name} cannot be bundled as it was at ${commit}; name another revision (make upgrade FROM=…)\n${why}`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** What it prints belongs beside the answer of this program, not into it. */
function inTree(tree: string, [program = '', ...args]: readonly string[]): void {
  execFileSync(program, args, { cwd: tree, stdio: ['ignore', process.stderr, process.stderr] });
}

function earlier(): string {
  const release = tryGit('describe', '--tags', '--abbrev=0', '--match=v[0-9]*', 'HEAD^');
  if (release !== undefined) return commitOf(release);
  const commits = git('rev-list', '--first-parent', `--max-count=${COMMITS_AGO + 1}`, 'HEAD').split('\n');
  return commits.at(-1) ?? 'HEAD';
}

function commitOf(revision: string): string {
  const commit = tryGit('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  if (commit === undefined)
    throw new Unusable(`there is no revision '${revision}' in this clone: fetch it (git fetch --tags --unshallow), or name another one`);
  return commit;
}

function tryGit(...args: readonly string[]): string | undefined {
  try {
    return git(...args);
  } catch {
    return undefined;
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
