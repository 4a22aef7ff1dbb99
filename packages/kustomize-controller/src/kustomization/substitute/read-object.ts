import { isRecord } from '@gotk/apimachinery';
import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';

const MAX_BYTES = 64 * 1024 * 1024;

/** The map that a text is in YAML, as sigs.k8s.io/yaml reads it; undefined if it is none, or more than one. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const documents = readYaml(new TextEncoder().encode(text), { dialect: 'config', duplicates: 'last', maxBytes: MAX_BYTES });
    return documents.length === 1 && isRecord(documents[0]) ? documents[0] : undefined;
  } catch (error) {
    // What it says may quote the text, and with it a value.
    if (error instanceof InvalidYaml) return undefined;
    throw error;
  }
}
