import { readYaml } from '@gotk/apimachinery/yaml';

const MAX_BYTES = 256 * 1024;

/** The fields of a YAML mapping that are text, as they are written. Throws `Error`, without a quote. */
export function yamlTexts(text: string): Readonly<Record<string, string>> {
  let document: unknown;
  try {
    [document] = readYaml(Buffer.from(text), { dialect: 'text', duplicates: 'last', maxBytes: MAX_BYTES });
  } catch {
    throw new Error('it is not valid YAML');
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new Error('it is no mapping');
  return Object.fromEntries(Object.entries(document).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
