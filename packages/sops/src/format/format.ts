import type { SopsLimits } from '../limits.ts';
import { ENTRY, type MetadataPlace } from '../metadata/extract.ts';
import { SopsError } from '../sops-error.ts';
import { type Branch, entriesOf, type Tree } from '../tree.ts';
import { readDotenv, writeDotenv } from './dotenv.ts';
import { readIni } from './ini-reader.ts';
import { writeIni } from './ini-writer.ts';
import { readJson } from './json-reader.ts';
import { writeJson } from './json-writer.ts';
import { readYamlTree } from './yaml-reader.ts';
import { writeYamlTree } from './yaml-writer.ts';

/** `binary` is whatever has no form of its own: its encrypted file is JSON. */
export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary';

/** By the end of a file's name, as SOPS has it. */
export function formatOf(path: string): SopsFormat {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  if (path.endsWith('.json')) return 'json';
  if (path.endsWith('.env')) return 'dotenv';
  return path.endsWith('.ini') ? 'ini' : 'binary';
}

export const placeOfMetadata = (format: SopsFormat): MetadataPlace =>
  format === 'dotenv' ? 'prefix' : format === 'ini' ? 'flat-entry' : 'entry';

/** Reads an encrypted file. Throws `SopsError`. */
export function readTree(bytes: Uint8Array, format: SopsFormat, { maxBytes, maxNodes }: SopsLimits): Tree {
  if (bytes.length > maxBytes)
    throw new SopsError('too-large', `cannot decrypt file with size (${bytes.length} bytes) exceeding limit (${maxBytes})`);
  const text = textOf(bytes);
  switch (format) {
    case 'yaml':
      return readYamlTree(text, maxNodes);
    case 'json':
    case 'binary':
      return [readJson(text, maxNodes)];
    case 'dotenv':
      return [readDotenv(text, maxNodes)];
    case 'ini':
      return [readIni(text, maxNodes)];
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SopsError('malformed', 'it is not UTF-8');
  }
}

/** Prints a decrypted file as `sops --decrypt` does. Throws `SopsError` for what the format cannot hold. */
export function writeTree(tree: Tree, format: SopsFormat): Buffer {
  switch (format) {
    case 'yaml':
      return Buffer.from(writeYamlTree(tree));
    case 'json':
      return Buffer.from(writeJson(firstOf(tree)));
    case 'dotenv':
      return Buffer.from(writeDotenv(firstOf(tree)));
    case 'ini':
      return Buffer.from(writeIni(firstOf(tree)));
    case 'binary':
      return binaryOf(firstOf(tree));
  }
}

const firstOf = (tree: Tree): Branch => tree[0] ?? { kind: 'branch', items: [] };

function binaryOf(document: Branch): Buffer {
  const data = entriesOf(document).find(({ key }) => key === 'data');
  if (data?.value.kind !== 'text') throw new SopsError('malformed', `it has no 'data' beside '${ENTRY}'`);
  return data.value.bytes;
}
