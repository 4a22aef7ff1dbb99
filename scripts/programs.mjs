// Brings the programs that tests run against (sshd, gpg, a registry, an S3 server, kustomize): from Debian, or built by Go into a cache outside the checkout.
// With the name of a set as argument, those of that set: `flux` has Flux's own programs, which take minutes to build.
// Plain JavaScript, as scripts/toolchain.mjs is. packages/testkit/src/programs/ has the table of programs, and finds what this brought.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const table = JSON.parse(readFileSync(fileURLToPath(new URL('../packages/testkit/src/programs/programs.json', import.meta.url)), 'utf8'));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gotk', 'programs');
// Daemons lie in sbin, which the path of an ordinary user lacks.
const path = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'].filter((directory) => directory !== '');
const FLAGS = ['-p', '2', '-trimpath', '-ldflags=-s -w'];

// $1: packages, $2: the services among them. A test starts its own server: those of Debian are not to run, now or after the next boot.
const INSTALL = `
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >$policy && chmod 755 $policy
fi
apt() { apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }
apt update
for package in $1; do
  apt install -y --no-install-recommends $package || echo "apt-get could not install $package" >&2
done
for service in $2; do update-rc.d $service disable >/dev/null 2>&1; done
`;

const [wanted] = process.argv.slice(2);
let missing = Object.entries(table).filter(([name, source]) => source.set === wanted && !found(name, source));
if (missing.length === 0) process.exit(0);

const fromDebian = missing.filter(([, { debian }]) => debian !== undefined);
if (fromDebian.length > 0) installPackages(fromDebian);

missing = missing.filter(([name, source]) => !found(name, source));
for (const [name, source] of missing) if (moduleOf(source) !== undefined) build(name, source);

missing = missing.filter(([name, source]) => !found(name, source));
if (missing.length > 0) {
  console.error(`these programs, which tests run against, are missing; install them, then run make again:`);
  for (const [name, source] of missing)
    console.error(
      `  ${name}: ${source.debian === undefined ? `Go has to build ${moduleOf(source)}` : `apt-get install ${source.debian} (Debian), or the like of your system`}`,
    );
  process.exit(1);
}

function found(name, source) {
  const places = source.pinned === true ? [] : path.map((directory) => join(directory, name));
  return [...places, ...(moduleOf(source) === undefined ? [] : [cached(name, source)])].some(isProgram);
}

/** A package that `go install` takes, or a module that has to be built from a copy of it; either with its version. */
function moduleOf({ go, module }) {
  return go ?? module;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function cached(name, source) {
  const from = moduleOf(source);
  return join(cache, `${name}-${from.slice(from.indexOf('@') + 1)}-${process.platform}-${process.arch}`, name);
}

/** `go install` calls a program by the last part of its path that is no major version. */
function programOf(go) {
  return basename(go.slice(0, go.indexOf('@')).replace(/\/v\d+$/, ''));
}

function installPackages(programs) {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const mayInstall =
    path.some((directory) => isProgram(join(directory, 'apt-get'))) &&
    spawnSync([...prefix, 'true'][0], [...prefix, 'true'].slice(1)).status === 0;
  if (!mayInstall) return;
  const packages = [...new Set(programs.map(([, { debian }]) => debian))];
  const services = programs.flatMap(([, { service }]) => service ?? []);
  console.log(`installing ${packages.join(', ')} (apt-get), which tests run against`);
  const [program, ...args] = [...prefix, 'sh', '-c', INSTALL, 'install', packages.join(' '), services.join(' ')];
  // What could not be installed is named at the end.
  spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function build(name, source) {
  const target = cached(name, source);
  console.log(`building ${moduleOf(source)} (once, some minutes on 2 cores) into ${dirname(target)}`);
  let draft;
  try {
    mkdirSync(dirname(target), { recursive: true });
    draft = mkdtempSync(`${dirname(target)}/draft-`);
    const built = source.go === undefined ? buildModule(name, source, draft) : install(source.go, draft);
    // A reader sees no program or a whole one.
    renameSync(built, target);
  } catch (error) {
    const said = (error.stderr?.toString() ?? error.message).split('\n').filter((line) => !line.startsWith('go: downloading'));
    console.error(`failed to build ${name} with Go: ${said.slice(-20).join('\n').trim()}`);
  } finally {
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}

function go(args, { cwd, env } = {}) {
  return execFileSync('go', args, {
    cwd,
    // A workspace file above the checkout would change what is built.
    env: { ...process.env, GOWORK: 'off', CGO_ENABLED: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  }).toString();
}

function install(from, draft) {
  go(['install', ...FLAGS, from], { env: { GOBIN: draft } });
  return join(draft, programOf(from));
}

/**
 * `go install` refuses modules that replace others, or that embed files which their release makes: those are built from a copy of the module. A replacement that
 * is a directory of their repository is not in the module; the version that they require takes its place, which Go checks against its checksum database.
 */
function buildModule(name, { module, package: main, placeholders = [] }, draft) {
  const { Dir } = JSON.parse(go(['mod', 'download', '-json', module]));
  const copy = join(draft, 'module');
  cpSync(Dir, copy, { recursive: true });
  // What Go keeps in its cache nobody may write to, and so could nobody delete the copy.
  for (const entry of [
    copy,
    ...readdirSync(copy, { recursive: true, withFileTypes: true })
      .filter((it) => it.isDirectory())
      .map((it) => join(it.parentPath, it.name)),
  ])
    chmodSync(entry, 0o755);
  chmodSync(join(copy, 'go.mod'), 0o644);
  chmodSync(join(copy, 'go.sum'), 0o644);
  const { Replace } = JSON.parse(go(['mod', 'edit', '-json'], { cwd: copy }));
  for (const { Old, New } of Replace ?? []) if (New.Path.startsWith('.')) go(['mod', 'edit', `-dropreplace=${Old.Path}`], { cwd: copy });
  for (const file of placeholders) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), '');
  }
  const built = join(draft, name);
  go(['build', '-mod=mod', ...FLAGS, '-o', built, main], { cwd: copy });
  return built;
}
