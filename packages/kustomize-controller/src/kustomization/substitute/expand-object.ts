import type { Unstructured } from '@gotk/apimachinery';
import { renderYaml } from '@gotk/apimachinery/yaml';
import { EnvsubstError, type Lookup, type Piece, parseTemplate } from '@gotk/envsubst';
import { culprits } from './culprits.ts';
import { keyObjection } from './key-objection.ts';
import { objection } from './objection.ts';
import { placeOf } from './place-of.ts';
import { readObject } from './read-object.ts';
import { SubstitutionError } from './substitution-error.ts';

export interface ExpandOptions {
  readonly variables: ReadonlyMap<string, string | null>;
  readonly strict: boolean;
}

export interface Expanded {
  readonly object: Unstructured;
  /** What its text consists of; nothing when the object has stayed the same. */
  readonly pieces: readonly Piece[];
}

/** Throws `SubstitutionError`. */
export function expandObject(object: Unstructured, { variables, strict }: ExpandOptions): Expanded {
  // Most objects have none; an object that is rendered and read is the same.
  if (placeOf(object, (text) => text.includes('$')) === undefined) return { object, pieces: [] };
  const lookup: Lookup = (name) => {
    const value = variables.get(name);
    if (value === null) throw new SubstitutionError(object, `envsubst error: the value of variable "${name}" is not UTF-8 text`);
    return value;
  };
  const pieces = expanded(object, { lookup, strict });
  const result = readObject(join(pieces));
  if (result === undefined)
    throw new SubstitutionError(object, `envsubst error: invalid YAML once the value of ${shown(culprits(pieces, isYaml))} is put in`);
  const problem = objection(result, { before: object }) ?? keyObjection(result, { before: object });
  if (problem !== undefined) throw new SubstitutionError(object, `envsubst error: ${problem}`);
  return { object: result as unknown as Unstructured, pieces };
}

function expanded(object: Unstructured, { lookup, strict }: { readonly lookup: Lookup; readonly strict: boolean }): readonly Piece[] {
  const expand = (text: string) => parseTemplate(text).pieces(lookup, { strict });
  try {
    return expand(renderYaml(object));
  } catch (error) {
    if (!(error instanceof EnvsubstError)) throw error;
    const fails = (text: string): boolean => {
      try {
        expand(text);
        return false;
      } catch {
        return true;
      }
    };
    const place = placeOf(object, fails);
    throw new SubstitutionError(
      object,
      `envsubst error: variable substitution failed: ${error.message}${place === undefined ? '' : ` in ${place}`}`,
    );
  }
}

const join = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');
const isYaml = (pieces: readonly Piece[]): boolean => readObject(join(pieces)) !== undefined;
const shown = (names: readonly string[]): string => names.map((name) => `variable "${name}"`).join(' or ');
