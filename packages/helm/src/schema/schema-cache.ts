import { parseJson } from '@gotk/apimachinery';
import { collectWarnings, type Warning } from '../values/warning.ts';
import { compileSchema } from './compile.ts';
import type { Schema } from './schema.ts';
import { InvalidSchema, SchemaTooLarge } from './schema-error.ts';

/** A schema as it was compiled, or why it cannot be. */
export type CompiledSchema =
  | { readonly kind: 'ready'; readonly schema: Schema; readonly warnings: readonly Warning[] }
  | { readonly kind: 'invalid' | 'too-large'; readonly message: string };

/** The schemas of charts, each compiled once as long as it is among the last that were used. */
export interface SchemaCache {
  compiled(schema: Uint8Array): CompiledSchema;
}

const MAX_ENTRIES = 100;
/** A schema that long is compiled each time, so that what is kept has a limit. */
const MAX_KEPT_BYTES = 256 * 1024;

export function createSchemaCache(): SchemaCache {
  const entries = new Map<string, CompiledSchema>();
  return {
    compiled(bytes) {
      const text = new TextDecoder().decode(bytes);
      const known = entries.get(text) ?? compile(text);
      entries.delete(text);
      if (bytes.length <= MAX_KEPT_BYTES) entries.set(text, known);
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
      return known;
    },
  };
}

function compile(text: string): CompiledSchema {
  const { warn, warnings } = collectWarnings();
  try {
    return { kind: 'ready', schema: compileSchema(parseJson(text), { warn }), warnings: warnings() };
  } catch (error) {
    if (error instanceof SchemaTooLarge) return { kind: 'too-large', message: error.message };
    if (error instanceof InvalidSchema || error instanceof SyntaxError) return { kind: 'invalid', message: error.message };
    throw error;
  }
}
