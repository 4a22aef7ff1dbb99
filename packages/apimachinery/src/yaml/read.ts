import { constructFromEvents, FAILSAFE_SCHEMA, YAMLException } from 'js-yaml';
import { readWithBracketLines } from './bracket-lines.ts';
import { eventsOf, withReprintedFolds } from './events.ts';
import { CONFIG_SCHEMA, MANIFEST_SCHEMA } from './schema.ts';

const MAX_ALIASES = 10_000;
/** What a file, with its aliases followed, may consist of. */
const MAX_NODES = 2_000_000;

/**
 * Whose scalars are meant. `manifest`: go-yaml 3, where `on` and `yes` are text. `config`: go-yaml 2 and with it sigs.k8s.io/yaml, where
 * they are true (Kubernetes' own files, Helm's charts and values). `text`: every scalar as it is written.
 */
export type YamlDialect = 'manifest' | 'config' | 'text';

const SCHEMAS = { manifest: MANIFEST_SCHEMA, config: CONFIG_SCHEMA, text: FAILSAFE_SCHEMA } as const;

export interface ReadYamlOptions {
  readonly dialect: YamlDialect;
  /** What more than one value for a key means: an error, or that the last one counts, as in JSON. */
  readonly duplicates: 'refused' | 'last';
  readonly maxBytes: number;
  /** Whether folded text is what kustomize makes of it, which prints and reads it once more than others. */
  readonly reprintsFolds?: boolean;
  /** 2,000,000 when not given. */
  readonly maxNodes?: number;
}

/** Not YAML, or more of it than anybody should have to read. */
export class InvalidYaml extends Error {
  override readonly name = 'InvalidYaml';
  /** Both count from one. */
  readonly at: { readonly line: number; readonly column: number } | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly at?: InvalidYaml['at'] }) {
    super(message, options);
    this.at = options?.at;
  }
}

/**
 * The documents of a YAML (or JSON) file as Go's programs read them; empty ones are `null`. Integers of 64 bits keep all their digits, as
 * `bigint` where a `number` cannot. `__proto__` is a key like any other. Throws `InvalidYaml`, also for what is nested more deeply than 100
 * levels or means more nodes than allowed.
 */
export function readYaml(bytes: Uint8Array, options: ReadYamlOptions): readonly unknown[] {
  const { dialect, duplicates, maxBytes, maxNodes = MAX_NODES, reprintsFolds = false } = options;
  if (bytes.length > maxBytes) throw new InvalidYaml(`larger than ${maxBytes} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidYaml('not valid UTF-8');
  }
  try {
    const how = { schema: SCHEMAS[dialect], json: duplicates === 'last', maxAliases: MAX_ALIASES };
    const documents = readWithBracketLines(text, (source) => {
      const read = { events: eventsOf(source), source };
      const { events, source: all } = reprintsFolds ? withReprintedFolds(read) : read;
      return constructFromEvents(events, { source: all, ...how });
    });
    const budget = { left: maxNodes };
    for (const document of documents) spend(document, budget);
    return documents;
  } catch (error) {
    throw invalid(error);
  }
}

/** What went wrong in the library, as this package says it. */
export function invalid(error: unknown): InvalidYaml {
  if (error instanceof InvalidYaml) return error;
  if (!(error instanceof YAMLException)) {
    return new InvalidYaml(`invalid YAML: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const { mark, reason } = error;
  const at = mark === undefined ? undefined : { line: mark.line + 1, column: mark.column + 1 };
  return new InvalidYaml(`invalid YAML: ${reason}`, { cause: error, at });
}

// Aliases share one value in memory; whoever renders it pays for every mention.
function spend(value: unknown, budget: { left: number }): void {
  budget.left -= 1;
  if (budget.left < 0) throw new YAMLException('excessive aliasing');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new YAMLException('infinity and not-a-number have no form in JSON');
  if (Array.isArray(value)) for (const item of value) spend(item, budget);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) spend(item, budget);
}
