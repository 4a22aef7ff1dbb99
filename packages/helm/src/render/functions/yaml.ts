import { InvalidYaml, readYaml, renderYaml } from '@gotk/apimachinery/yaml';
import { ANY, type CallContext, define, FunctionError, fromPlain, type GoFunction, type GoValue, STRING } from '@gotk/gotemplate';
import { attempt } from './attempt.ts';
import { withFloats } from './floats.ts';
import { fromText, type Unmarshal } from './from-text.ts';
import { checkType } from './json-type.ts';
import { plainValue } from './plain-value.ts';
import { prettyYaml } from './pretty-yaml.ts';

/** What the reader of YAML that stands between JSON and YAML in Go does not take for text. */
const REFUSED = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;

const MAX_BYTES = 32 * 1024 * 1024;

/** A value as `toYaml` prints it; nothing for one that has no form in JSON. */
export function yamlText(value: GoValue, context: CallContext): string {
  try {
    return yamlOf(value, context);
  } catch (error) {
    if (error instanceof FunctionError) return '';
    throw error;
  }
}

function yamlOf(value: GoValue, context: CallContext): string {
  const text = renderYaml(sound(marshaled(value, context))).slice(0, -1);
  context.make(text.length);
  return text;
}

function marshaled(value: GoValue, context: CallContext): unknown {
  try {
    return plainValue(value, context);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`error marshaling into JSON: ${error.message}`, { cause: error });
  }
}

/** Throws `FunctionError` for characters that YAML has no place for. */
function sound(plain: unknown): unknown {
  if (typeof plain === 'string') return soundText(plain);
  if (typeof plain !== 'object' || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(sound);
  return Object.fromEntries(Object.entries(plain).map(([key, item]) => [soundText(key), sound(item)]));
}

function soundText(text: string): string {
  if (REFUSED.test(text)) throw new FunctionError('yaml: control characters are not allowed');
  return text;
}

/** The first document of a text, as sigs.k8s.io/yaml reads it into what is asked for. Throws `FunctionError`. */
const unmarshaled: Unmarshal = (text, wanted, context) => {
  context.make(text.length);
  context.spend(text.length / 64);
  const plain = read(text);
  if (plain === null || plain === undefined) return wanted === 'map' ? new Map() : [];
  try {
    checkType(plain, wanted);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`error unmarshaling JSON: while decoding JSON: ${error.message}`, { cause: error });
  }
  return fromPlain(withFloats(plain));
};

function read(text: string): unknown {
  const bytes = new TextEncoder().encode(text);
  try {
    const [first] = readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: MAX_BYTES });
    return first;
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const line = error.at === undefined ? '' : `line ${error.at.line}: `;
    throw new FunctionError(`error converting YAML to JSON: yaml: ${line}${error.message.replace(/^invalid YAML: /, '')}`, {
      cause: error,
    });
  }
}

/** Helm's functions around YAML. Those without `must` in their names say nothing of errors, or give the message in the place of the value. */
export const YAML_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  ['toYaml', define({ params: [ANY], result: STRING }, ([value], context) => yamlText(value, context))],
  ['mustToYaml', define({ params: [ANY], result: STRING }, ([value], context) => yamlOf(value, context))],
  [
    'toYamlPretty',
    define({ params: [ANY], result: STRING }, ([value], context) =>
      attempt(
        () => prettyYaml(value, context),
        () => '',
      ),
    ),
  ],
  ...fromText('Yaml', unmarshaled),
]);
