import { compareKeys, needsQuotes, renderNodeScalar } from '@gotk/apimachinery/yaml';
import {
  type CallContext,
  elementsOf,
  exportedFields,
  FunctionError,
  floatText,
  type GoKey,
  type GoValue,
  kindOf,
  mapOfValue,
  rawOf,
  Struct,
  toBytes,
} from '@gotk/gotemplate';

const MAX_DEPTH = 1_000;

/**
 * A value as go-yaml 3 prints it with two spaces, lists indented below their keys: as Go has it, not as JSON does, so that a million is `1e+06`. Throws `FunctionError`
 * for what has no form in YAML.
 */
export function prettyYaml(value: GoValue, context: CallContext): string {
  return block(value, { indent: 0, depth: 0, context });
}

interface Place {
  /** Of the lines that follow the first one. */
  readonly indent: number;
  readonly depth: number;
  readonly context: CallContext;
}

/** The first line begins where the cursor is. */
function block(value: GoValue, place: Place): string {
  place.context.spend(1);
  if (place.depth > MAX_DEPTH) throw new FunctionError(`a value is nested more than ${MAX_DEPTH} levels deep`);
  const kind = kindOf(value);
  if (value === null || value === undefined) return 'null';
  if (kind === 'ptr') return block(rawOf(value) as GoValue, place);
  if (kind === 'map') return mapping([...(mapOfValue(value) ?? [])], place);
  if (value instanceof Struct) return mapping(shownFields(value), place);
  if (kind === 'slice') return sequence(elementsOf(value), place);
  return scalar(value, place);
}

function mapping(entries: readonly (readonly [GoKey, GoValue])[], place: Place): string {
  if (entries.length === 0) return '{}';
  const margin = ' '.repeat(place.indent);
  return [...entries]
    .sort(([a], [b]) => compareKeys(String(a), String(b), 'first'))
    .map(([key, value]) => entry(key, value, place))
    .join(`\n${margin}`);
}

const MAX_SIMPLE_KEY_BYTES = 128;

function entry(key: GoKey, value: GoValue, { indent, depth, context }: Place): string {
  const inner = { indent: indent + 2, depth: depth + 1, context };
  const text = String(key);
  const isSimple = !text.includes('\n') && toBytes(text).length <= MAX_SIMPLE_KEY_BYTES;
  const shown = typeof key === 'string' ? textScalar(key, { ...inner, isKey: isSimple }) : text;
  if (!isSimple) return `? ${shown}\n${' '.repeat(indent)}: ${block(value, inner)}`;
  return isFilled(value) ? `${shown}:\n${' '.repeat(inner.indent)}${block(value, inner)}` : `${shown}: ${block(value, inner)}`;
}

function sequence(items: readonly GoValue[], { indent, depth, context }: Place): string {
  if (items.length === 0) return '[]';
  return items.map((item) => `- ${block(item, { indent: indent + 2, depth: depth + 1, context })}`).join(`\n${' '.repeat(indent)}`);
}

/** Whether it has lines of its own. */
function isFilled(value: GoValue): boolean {
  const kind = kindOf(value);
  if (kind === 'map') return (mapOfValue(value)?.size ?? 0) > 0;
  return value instanceof Struct || (kind === 'slice' && elementsOf(value).length > 0);
}

/** go-yaml calls fields by their names in small letters. */
const shownFields = (struct: Struct): readonly (readonly [GoKey, GoValue])[] =>
  exportedFields(struct).map(([name, value]) => [name.toLowerCase(), value]);

function scalar(value: GoValue, place: Place): string {
  const raw = rawOf(value);
  switch (typeof raw) {
    case 'string':
      return textScalar(raw, { ...place, isKey: false });
    case 'number':
      return number(raw, kindOf(value) === 'float32' ? 32 : 64);
    case 'boolean':
    case 'bigint':
      return String(raw);
    default:
      throw new FunctionError('cannot marshal type: func');
  }
}

function number(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return floatText(value, { verb: 'g', bits });
}

function textScalar(text: string, { indent, isKey, context }: Place & { readonly isKey: boolean }): string {
  context.make(text.length);
  if (!text.isWellFormed()) return `!!binary ${Buffer.from(toBytes(text)).toString('base64')}`;
  const style = text.includes('\n') ? 'literal' : needsQuotes(text) ? 'double' : 'plain';
  return renderNodeScalar(
    { kind: 'scalar', text, tag: '!!str', isTagged: true, style },
    { indent: ' '.repeat(indent), isInFlow: false, isKey },
  );
}
