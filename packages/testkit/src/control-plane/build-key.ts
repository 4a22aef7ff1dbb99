import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Go module that the control plane is built from. */
export const MODULE_DIR = fileURLToPath(new URL('../../../../test/control-plane', import.meta.url));

/** What identifies a build: the same key, the same binary. */
export interface BuildKey {
  readonly flags: readonly string[];
  /** Directory name of a build by the given Go. */
  directory(goVersion: string): string;
  /** True for a directory name that any Go made from the same sources. */
  matches(directory: string): boolean;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Reads the module's sources. The key names them, the flags and the platform by hash, and Go's version in clear. */
export async function buildKey(moduleDir = MODULE_DIR): Promise<BuildKey> {
  const sources = await Promise.all(['main.go', 'go.mod', 'go.sum'].map((name) => readFile(join(moduleDir, name), 'utf8')));
  const flags = buildFlags(sources[1] ?? '');
  const hash = createHash('sha256');
  for (const part of [...sources, ...flags]) hash.update(`${part.length}\n${part}\n`);
  const prefix = `${hash.digest('hex').slice(0, 16)}-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}-`;
  return { flags, directory: (goVersion) => `${prefix}${goVersion}`, matches: (directory) => directory.startsWith(prefix) };
}

/** Without these the API server calls itself v0.0.0, and clients that check for a minimum version turn away. */
function buildFlags(goMod: string): readonly string[] {
  const version = /^\s*k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/m.exec(goMod);
  if (version === null) throw new Error('go.mod of the control plane requires no k8s.io/kubernetes');
  const [, gitVersion = '', major = '', minor = ''] = version;
  const values = { gitVersion, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const settings = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-trimpath', '-ldflags', `-s -w ${settings.join(' ')}`];
}

/** Where builds are kept, outside the checkout so that one serves every clone: `${XDG_CACHE_HOME:-~/.cache}/gotk/control-plane`. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== '' ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'gotk', 'control-plane');
}
