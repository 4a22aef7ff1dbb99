import type { Metafile } from 'esbuild';
import { packageHome } from './licences.ts';

const SHOWN = 15;

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Which packages make a bundle large, one a line, largest first. */
export function sizeTable(metafile: Metafile): string {
  const sizes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = ownerOf(input);
      sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
    }
  }
  return [...sizes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([owner, bytes]) => `  ${(bytes / 1e3).toFixed(0).padStart(6)} kB  ${owner}`)
    .join('\n');
}

function ownerOf(input: string): string {
  return packageHome(input)?.replace(/^.*node_modules\//, '') ?? /(?:\.\.\/)?([^/]+)\/src\//.exec(input)?.[1] ?? 'this package';
}
