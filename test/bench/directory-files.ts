import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file below a directory, by its path in there. */
export function filesBelow(directory: string): ReadonlyMap<string, Uint8Array> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(directory, file), readFileSync(file)]));
}
