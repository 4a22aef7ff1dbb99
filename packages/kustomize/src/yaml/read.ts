import { FAILSAFE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import { BuildError } from '../build-error.ts';
import { CONFIG_SCHEMA, MANIFEST_SCHEMA } from './schema.ts';

const MAX_BYTES = 32 * 1024 * 1024;
/** Kubernetes refuses deeper JSON. */
const MAX_DEPTH = 100;
const MAX_ALIASES = 10_000;
/** What the aliases of one file may stand for in all. */
const MAX_NODES = 2_000_000;

/** Scalar rules, and whether the last of several equal keys counts, as in JSON, or they are an error. */
interface Rules {
  readonly schema: typeof MANIFEST_SCHEMA;
  readonly json: boolean;
}

const MANIFEST: Rules = { schema: MANIFEST_SCHEMA, json: false };
const CONFIG: Rules = { schema: CONFIG_SCHEMA, json: true };
const TEXT: Rules = { schema: FAILSAFE_SCHEMA, json: true };

/** The documents of a YAML (or JSON) file of Kubernetes objects; empty ones are left out. Throws `BuildError` with file, line and column. */
export const readYaml = (bytes: Uint8Array, file: string): readonly unknown[] => load(bytes, file, MANIFEST).filter(isFull);

/** The same for kustomize's own files: older scalar rules, and the last of several equal keys counts. */
export const readConfigYaml = (bytes: Uint8Array, file: string): readonly unknown[] => load(bytes, file, CONFIG).filter(isFull);

/** A document, and the same with every scalar as it is written: `1.10` is then not 1.1. */
export interface Document {
  readonly value: unknown;
  readonly written: () => unknown;
}

/** What `readYaml` reads, for whoever may have to look at it as it is written. */
export function readDocuments(bytes: Uint8Array, file: string): readonly Document[] {
  let texts: readonly unknown[] | undefined;
  const written = (index: number): unknown => {
    texts ??= load(bytes, file, TEXT);
    return texts[index];
  };
  return load(bytes, file, MANIFEST)
    .map((value, index) => ({ value, written: () => written(index) }))
    .filter(({ value }) => isFull(value));
}

const isFull = (document: unknown): boolean => document !== null && document !== undefined;

function load(bytes: Uint8Array, file: string, rules: Rules): readonly unknown[] {
  if (bytes.length > MAX_BYTES) throw new BuildError(`${file}: larger than ${MAX_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BuildError(`${file}: not valid UTF-8`);
  }
  try {
    const documents = loadAll(text, { ...rules, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
    const budget = { left: MAX_NODES };
    for (const document of documents) spend(document, budget);
    return documents;
  } catch (error) {
    throw new BuildError(`${file}${describe(error)}`, { cause: error });
  }
}

function describe(error: unknown): string {
  if (error instanceof YAMLException) {
    const { mark, reason } = error;
    return mark === undefined ? `: invalid YAML: ${reason}` : `:${mark.line + 1}:${mark.column + 1}: invalid YAML: ${reason}`;
  }
  return `: invalid YAML: ${error instanceof Error ? error.message : String(error)}`;
}

// Aliases share one value in memory; whoever renders it pays for every mention.
function spend(value: unknown, budget: { left: number }): void {
  budget.left -= 1;
  if (budget.left < 0) throw new YAMLException('excessive aliasing');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new YAMLException('infinity and not-a-number have no form in JSON');
  if (Array.isArray(value)) for (const item of value) spend(item, budget);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) spend(item, budget);
}
