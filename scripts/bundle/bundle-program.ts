import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { ascii } from './ascii.ts';
import { libraries } from './libraries.ts';
import { assertPermissive, bundledPackages, renderNotices } from './licences.ts';
import { workerSource } from './worker-source.ts';

export interface Bundle {
  readonly bytes: number;
  readonly ms: number;
  readonly metafile: Metafile;
}

/**
 * Bundles `src/main.ts` of a package to `main.js` in its `dist`, or in another directory, with the licences of what went into it beside it,
 * and in `libraries/` the libraries that it uses but must not contain. What people start by its name (`bin` of the manifest) is called so: `gotk.js`.
 *
 * The result depends on the sources and the lockfile alone: no date, no Git commit, no absolute path. Throws when there is no `src/main.ts`, when it does
 * not bundle, and when a dependency's licence does not allow it to be part of one program with ours.
 */
export async function bundleProgram(directory: string, out = join(directory, 'dist')): Promise<Bundle> {
  const started = performance.now();
  const entry = join(directory, 'src/main.ts');
  await access(entry).catch((cause) => {
    throw new Error(`there is no ${entry}`, { cause });
  });
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly bin?: Readonly<Record<string, string>>;
  };
  const file = `${Object.keys(manifest.bin ?? {})[0] ?? 'main'}.js`;
  const options = {
    absWorkingDir: directory,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    // Names stay as written: a stack trace from a container must be readable without a map.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
    sourcemap: false,
    // ssh2 asks for native add-ons and does without: one tells which cipher is the fastest, the other was built by whoever ran its install script.
    external: ['cpu-features', '*.node'],
    define: { __GOTK_VERSION__: JSON.stringify(manifest.version) },
    logLevel: 'silent',
  } as const satisfies BuildOptions;
  const beside = libraries();
  const worker = workerSource(options, beside);

  const { metafile, outputFiles } = await build({
    ...options,
    entryPoints: [entry],
    outfile: join(out, file),
    format: 'esm',
    legalComments: 'external',
    plugins: [worker.plugin, beside.plugin],
    // Dependencies in CommonJS call `require` for Node's own modules, and ask where they are; an ES module has neither.
    banner: {
      js: `// ${manifest.name} ${manifest.version}\nimport { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;`,
    },
  });

  const packages = await bundledPackages([metafile, ...worker.metafiles], directory);
  assertPermissive(packages);
  await mkdir(out, { recursive: true });
  await Promise.all(outputFiles.map(({ path, text }) => writeFile(path, path.endsWith('.js') ? ascii(text) : text)));
  if (manifest.bin !== undefined) await chmod(join(out, file), 0o755);
  await writeFile(join(out, `${file}.NOTICES.txt`), renderNotices(packages));
  await beside.write(out);
  const bytes = outputFiles.find(({ path }) => path.endsWith(file))?.contents.byteLength ?? 0;
  return { bytes, ms: performance.now() - started, metafile };
}
