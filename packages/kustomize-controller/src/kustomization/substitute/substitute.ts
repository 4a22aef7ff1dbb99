import { gvkOf, type Unstructured } from '@gotk/apimachinery';
import { expandObject } from './expand-object.ts';
import { optsOut } from './opts-out.ts';
import { secretTexts } from './secret-texts.ts';
import { SubstitutionError } from './substitution-error.ts';
import { type Substitution, unusableName } from './variables.ts';

export interface Substituted {
  readonly objects: readonly Unstructured[];
  /** Texts in them that must not be shown anywhere else. */
  readonly secretTexts: readonly string[];
}

/**
 * Puts variables into built objects, into each by itself: its text as YAML is expanded and read again, so that a number that comes out is a number. Objects that opt
 * out stay as they are, and so do all where there is no variable, unless the strategy is `Always`. Throws `SubstitutionError`.
 */
export function substitute(objects: readonly Unstructured[], { variables, strict, always }: Substitution): Substituted {
  const first = objects.find((object) => !optsOut(object));
  if (first === undefined) return { objects, secretTexts: [] };
  if (variables.kind === 'unreadable') throw new SubstitutionError(first, variables.message);
  const { values, secret } = variables;
  if (values.length === 0 && !always) return { objects, secretTexts: [] };
  const unusable = unusableName(values);
  if (unusable !== undefined)
    throw new SubstitutionError(
      first,
      `envsubst error: '${unusable}' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'`,
    );
  const known = new Map(values);
  const expanded = objects.map((object) => (optsOut(object) ? { object, pieces: [] } : expandObject(object, { variables: known, strict })));
  const results = expanded.map(({ object }) => object);
  refuseDuplicates(objects, results);
  const pieces = expanded.flatMap((each) => each.pieces);
  return { objects: results, secretTexts: secretTexts(pieces, new Set(secret)) };
}

/** Two objects that variables have made one would overwrite each other in the cluster. */
function refuseDuplicates(objects: readonly Unstructured[], results: readonly Unstructured[]): void {
  const seen = new Set<string>();
  for (const [index, result] of results.entries()) {
    const { group, kind } = gvkOf(result);
    const { namespace = '', name } = result.metadata;
    const id = JSON.stringify([group, kind, namespace, name]);
    const object = objects[index] ?? result;
    if (seen.has(id)) throw new SubstitutionError(object, 'another object has the same kind, name and namespace after substitution');
    seen.add(id);
  }
}
