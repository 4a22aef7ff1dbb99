import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { kubeconfigOnly } from './kubeconfig-only.ts';
import { assertPermissive, bundledPackages, renderNotices } from './licences.ts';
import { PARTS, writeBundle } from './write-bundle.ts';

export interface Bundle {
  readonly bytes: number;
  readonly ms: number;
  readonly metafile: Metafile;
}

/**
 * Bundles `src/main.ts` of a controller package to `main.js` in its `dist`, or in another directory, with the licences of what went into it beside it.
 *
 * `main.js` holds what its worker threads need. What it imports by `import()`, and they do not, is in parts of its own: a thread that had to read all of it
 * would start twice as slowly and take 15 MB more.
 *
 * The result depends on the sources and the lockfile alone: no date, no Git commit, no absolute path. Throws when there is no `src/main.ts`, when it does
 * not bundle, and when a dependency's licence does not allow it to be part of one program with ours.
 */
export async function bundleController(directory: string, out = join(directory, 'dist')): Promise<Bundle> {
  const started = performance.now();
  const entry = join(directory, 'src/main.ts');
  await access(entry).catch((cause) => {
    throw new Error(`there is no ${entry}`, { cause });
  });
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };

  const { metafile, outputFiles } = await build({
    absWorkingDir: directory,
    entryPoints: { main: entry },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: `${PARTS}/[name]-[hash]`,
    // What says that they are modules, wherever they are copied to.
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Names stay as written: a stack trace from a container must be readable without a map.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
    sourcemap: false,
    legalComments: 'external',
    plugins: [kubeconfigOnly],
    define: { __GOTK_VERSION__: JSON.stringify(manifest.version) },
    // Dependencies in CommonJS call `require` for Node's own modules; an ES module has none.
    banner: {
      js: `// ${manifest.name} ${manifest.version}\nimport { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);`,
    },
    logLevel: 'silent',
  });

  const packages = await bundledPackages(metafile, directory);
  assertPermissive(packages);
  const bytes = await writeBundle(out, outputFiles);
  await writeFile(join(out, 'main.js.NOTICES.txt'), renderNotices(packages));
  return { bytes, ms: performance.now() - started, metafile };
}
