import { posix } from 'node:path';
import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import type { SopsFormat } from '@gotk/sops';
import { formatFor } from './encrypted-bytes.ts';

/** What a kustomization makes of a file. */
export type SourceFile = { readonly use: 'secret' | 'patch'; readonly format: SopsFormat } | { readonly use: 'config' };

const MAX_BYTES = 1024 * 1024;

/**
 * The files that a kustomization names and that may be encrypted, by their paths from the root of the tree: sources of Secrets and
 * patches, as upstream has it; and those of ConfigMaps, which are not decrypted, since anybody may read what becomes of them. A file that
 * is both counts as that of a Secret. What is no kustomization is for the build to refuse.
 */
export function encryptedSources(bytes: Uint8Array, directory: string): ReadonlyMap<string, SourceFile> {
  const sources = new Map<string, SourceFile>();
  const kustomization = parsed(bytes);
  const add = (path: string, source: SourceFile) => {
    const full = posix.normalize(posix.join(directory, path));
    if (!posix.isAbsolute(path) && !full.startsWith('..')) sources.set(full, source);
  };
  for (const generator of mappingsIn(kustomization.configMapGenerator))
    for (const { path } of [...filesOf(generator), ...envsOf(generator)]) add(path, { use: 'config' });
  for (const { path } of mappingsIn(kustomization.patches))
    if (typeof path === 'string') add(path, { use: 'patch', format: formatFor(path) });
  for (const generator of mappingsIn(kustomization.secretGenerator)) {
    for (const { path, key } of filesOf(generator)) add(path, { use: 'secret', format: formatFor(key) });
    for (const { path } of envsOf(generator)) {
      const format = formatFor(path);
      add(path, { use: 'secret', format: format === 'binary' ? 'dotenv' : format });
    }
  }
  return sources;
}

type Mapping = Readonly<Record<string, unknown>>;

interface Named {
  readonly key: string;
  readonly path: string;
}

const filesOf = ({ files }: Mapping): readonly Named[] =>
  textsIn(files).map((file) => {
    const at = file.indexOf('=');
    return at < 0 ? { key: file, path: file } : { key: file.slice(0, at), path: file.slice(at + 1) };
  });

const envsOf = ({ envs, env }: Mapping): readonly Named[] =>
  [...textsIn(envs), ...(typeof env === 'string' ? [env] : [])].map((path) => ({ key: path, path }));

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);
const mappingsIn = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : []);
const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

function parsed(bytes: Uint8Array): Mapping {
  try {
    const [document] = readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: MAX_BYTES });
    return isMapping(document) ? document : {};
  } catch (error) {
    if (error instanceof InvalidYaml) return {};
    throw error;
  }
}
