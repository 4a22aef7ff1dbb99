import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '@gotk/apimachinery/yaml';
import { BuildError, build, type FileTree } from '@gotk/kustomize';
import { firstObjectDifference } from './first-difference.ts';

/** What two builds of one directory come to. */
export interface Comparison {
  /** Of the real program. */
  readonly objects: number;
  readonly realSeconds: number;
  readonly ourSeconds: number;
  /** How ours is not the same. */
  readonly difference?: string;
}

interface Built {
  readonly objects: readonly unknown[];
  readonly error?: string;
  readonly seconds: number;
}

/**
 * Builds a directory below a root by the real kustomize and by ours, both free to use what lies beside it, and compares the objects in their order.
 *
 * What neither builds is the same. Throws when the real program is not there, or ours fails by anything but a `BuildError`.
 */
export function buildBoth(kustomize: string, root: string, path: string): Comparison {
  const real = realBuild(kustomize, join(root, path));
  const ours = ourBuild(root, path);
  const difference = compare(real, ours);
  return {
    objects: real.objects.length,
    realSeconds: real.seconds,
    ourSeconds: ours.seconds,
    ...(difference === undefined ? {} : { difference }),
  };
}

function compare(real: Built, ours: Built): string | undefined {
  if (real.error !== undefined) return ours.error === undefined ? `should fail: ${real.error}` : undefined;
  return ours.error ?? firstObjectDifference(real.objects, ours.objects);
}

function realBuild(kustomize: string, directory: string): Built {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    // Built from within: a path with github.com in it is an address to kustomize.
    const output = execFileSync(kustomize, ['build', '--reorder', 'none', '--load-restrictor', 'LoadRestrictionsNone', '.'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
    });
    const took = seconds();
    return {
      objects: readYaml(output, { dialect: 'manifest', duplicates: 'refused', maxBytes: output.length + 1 }).filter(
        (object) => object !== null,
      ),
      seconds: took,
    };
  } catch (error) {
    if (!(error instanceof Error && 'stderr' in error && 'status' in error && typeof error.status === 'number')) throw error;
    return { objects: [], error: String(error.stderr).trim(), seconds: seconds() };
  }
}

function ourBuild(root: string, path: string): Built {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const { objects } = build(directoryTree(root), path, { loadRestrictions: 'none' });
    return { objects, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return { objects: [], error: error.message, seconds: seconds() };
  }
}

/** What was downloaded, read in place. */
function directoryTree(root: string): FileTree {
  const kindOf = (path: string): 'file' | 'directory' | undefined => {
    const info = statSync(join(root, path), { throwIfNoEntry: false });
    return info?.isFile() ? 'file' : info?.isDirectory() ? 'directory' : undefined;
  };
  return {
    read: (path) => (kindOf(path) === 'file' ? readFileSync(join(root, path)) : undefined),
    list: (path) => (kindOf(path) === 'directory' ? readdirSync(join(root, path)) : undefined),
  };
}
