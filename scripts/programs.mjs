// Brings the programs that tests run against (sshd, gpg, a registry, an S3 server, kustomize): from Debian, or built by Go into a cache outside the checkout.
// Plain JavaScript, as scripts/toolchain.mjs is. packages/testkit/src/programs/ has the table of programs, and finds what this brought.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const table = JSON.parse(readFileSync(fileURLToPath(new URL('../packages/testkit/src/programs/programs.json', import.meta.url)), 'utf8'));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gotk', 'programs');
// Daemons lie in sbin, which the path of an ordinary user lacks.
const path = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'].filter((directory) => directory !== '');

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

let missing = Object.entries(table).filter(([name, source]) => !found(name, source));
if (missing.length === 0) process.exit(0);

const fromDebian = missing.filter(([, { debian }]) => debian !== undefined);
if (fromDebian.length > 0) installPackages(fromDebian);

missing = missing.filter(([name, source]) => !found(name, source));
for (const [name, { go }] of missing) if (go !== undefined) build(name, go);

missing = missing.filter(([name, source]) => !found(name, source));
if (missing.length > 0) {
  console.error(`these programs, which tests run against, are missing; install them, then run make again:`);
  for (const [name, { debian, go }] of missing)
    console.error(
      `  ${name}: ${debian === undefined ? `go install ${go}` : `apt-get install ${debian} (Debian), or the like of your system`}`,
    );
  process.exit(1);
}

function found(name, { go, pinned }) {
  const places = pinned === true ? [] : path.map((directory) => join(directory, name));
  return [...places, ...(go === undefined ? [] : [cached(name, go)])].some(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function cached(name, go) {
  return join(cache, `${name}-${go.slice(go.indexOf('@') + 1)}-${process.platform}-${process.arch}`, name);
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

function build(name, go) {
  const target = cached(name, go);
  console.log(`building ${go} (once, some minutes on 2 cores) into ${dirname(target)}`);
  let draft;
  try {
    mkdirSync(dirname(target), { recursive: true });
    draft = mkdtempSync(`${dirname(target)}/draft-`);
    execFileSync('go', ['install', '-p', '2', '-trimpath', '-ldflags=-s -w', go], {
      // A workspace file above the checkout would change what is built.
      env: { ...process.env, GOBIN: draft, GOWORK: 'off', CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
    // A reader sees no program or a whole one.
    renameSync(join(draft, programOf(go)), target);
  } catch (error) {
    const said = (error.stderr?.toString() ?? error.message).split('\n').filter((line) => !line.startsWith('go: downloading'));
    console.error(`failed to build ${name} with Go: ${said.slice(-20).join('\n').trim()}`);
  } finally {
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}
