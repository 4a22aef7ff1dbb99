import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

/** A dependency some of whose code is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of its manifest; '' when it has none. */
  readonly licence: string;
  /** The licence files it ships, joined; when there are none, who holds the copyright. */
  readonly text: string;
}

/** Licences under which code may become part of one file with ours. A copyleft library may be a dependency, but has to stay a file of its own. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Every npm package with code in the outputs, sorted by name. Workspace packages are ours and not listed. */
export async function bundledPackages(metafiles: readonly Metafile[], directory: string): Promise<readonly BundledPackage[]> {
  const homes = new Set<string>();
  for (const output of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const home = packageHome(input);
      if (home !== undefined && bytesInOutput > 0) homes.add(resolve(directory, home));
    }
  }
  const packages = await Promise.all([...homes].map(describePackage));
  return packages.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
}

/**
 * The directory of the npm package an input belongs to: what follows the last `node_modules/`, one segment or two for a scope. Undefined for our own
 * files and for those that a plugin made up (`<plugin>:<path>`).
 */
export function packageHome(input: string): string | undefined {
  return /^(?![\w-]{2,}:).*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

/** Reads the manifest and the licence files of an npm package, by its directory. */
export async function describePackage(home: string): Promise<BundledPackage> {
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Record<string, unknown>;
  const files = (await readdir(home)).filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(home, file), 'utf8')));
  return {
    name: String(manifest.name),
    version: String(manifest.version),
    licence: licenceIn(manifest),
    text: texts.map((text) => text.trim()).join('\n\n') || `Copyright ${authorOf(manifest)}. It comes without the text of its licence.`,
  };
}

/** Manifests of npm's first years list licences that one may choose from, as objects. */
function licenceIn({ license, licenses }: Readonly<Record<string, unknown>>): string {
  if (typeof license === 'string') return license;
  const choice: readonly unknown[] = Array.isArray(licenses) ? licenses : [];
  return choice.map((entry) => (typeof entry === 'object' && entry !== null && 'type' in entry ? String(entry.type) : '')).join(' OR ');
}

/** npm lets an author be a text, or an object. */
function authorOf({ author, name }: Readonly<Record<string, unknown>>): string {
  if (typeof author === 'string') return author;
  return typeof author === 'object' && author !== null && 'name' in author ? String(author.name) : `the authors of ${String(name)}`;
}

/** Throws, naming each offender, unless every package may be bundled. */
export function assertPermissive(packages: readonly BundledPackage[]): void {
  const refused = packages.filter(({ licence }) => !isPermissive(licence));
  if (refused.length === 0) return;
  const list = refused.map(({ name, version, licence }) => `${name}@${version} (${licence || 'no licence named'})`).join(', ');
  throw new Error(`licences that do not allow bundling: ${list}`);
}

/** Reads an SPDX expression of ANDs and ORs without nesting, which is all that npm manifests use. */
export function isPermissive(expression: string): boolean {
  const bare = expression.replace(/[()]/g, ' ');
  return bare.split(/\sOR\s/).some((all) => all.split(/\sAND\s/).every((licence) => PERMISSIVE.has(licence.trim())));
}

/** What the licences ask to be handed on with every copy. */
export function renderNotices(packages: readonly BundledPackage[]): string {
  const entries = packages.map(({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}\n`);
  return [`This program contains code of ${packages.length} other projects.\n`, ...entries].join(`\n${'-'.repeat(80)}\n\n`);
}
