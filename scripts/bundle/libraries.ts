import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { type BundledPackage, describePackage, packageHome } from './licences.ts';

/** Packages whose licences let programs use them, but not be made of them: each stays a file of its own, which anybody may put their own version in place of. */
const LIBRARIES = ['openpgp'] as const;
const DIRECTORY = 'libraries';
/** The GPL, on which the LGPL is built, and without which it must not be handed on. */
const GPL = join(import.meta.dirname, 'GPL-3.0.txt');

export interface Libraries {
  /** For a bundle that knows its own place. */
  readonly plugin: Plugin;
  /** For code that runs as text, elsewhere: it names libraries below this address. */
  pluginFor(base: string): Plugin;
  /** Puts what the bundles use beside them, unmodified, each with its licence; the directory is there in any case. */
  write(out: string): Promise<void>;
}

/** Keeps copyleft libraries out of bundles, which import them from `libraries/` beside `main.js` when they first need them. */
export function libraries(): Libraries {
  const used = new Map<string, string>();
  const pluginFor = (base: string): Plugin => ({
    name: 'libraries',
    setup({ onResolve, resolve }) {
      onResolve({ filter: new RegExp(`^(?:${LIBRARIES.join('|')})$`) }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === LIBRARIES) return undefined;
        if (kind !== 'dynamic-import') return { errors: [{ text: `${path} is not bundled: it has to be imported when it is needed` }] };
        const found = await resolve(path, { kind, importer, resolveDir, pluginData: LIBRARIES });
        if (found.errors.length > 0) return { errors: found.errors };
        used.set(path, found.path);
        return { path: `${base}${DIRECTORY}/${fileName(path)}`, external: true };
      });
    },
  });
  return {
    plugin: pluginFor('./'),
    pluginFor,
    async write(out) {
      const directory = join(out, DIRECTORY);
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory, { recursive: true });
      for (const [name, file] of used) {
        await copyFile(file, join(directory, fileName(name)));
        const home = packageHome(file) ?? dirname(file);
        await writeFile(join(directory, `${fileName(name)}.LICENCE.txt`), await licenceOf(await describePackage(home), name));
      }
    },
  };
}

const fileName = (name: string): string => `${name}.mjs`;

async function licenceOf({ name, version, licence, text }: BundledPackage, specifier: string): Promise<string> {
  const head = `${fileName(specifier)} is the library ${name} ${version} (${licence}), as its authors hand it out. The program that uses it runs with any other version of it that has the same interface.`;
  const parts = [head, text, ...(/GPL/.test(licence) ? [(await readFile(GPL, 'utf8')).trim()] : [])];
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
