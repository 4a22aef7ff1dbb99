import { type Definition, Reason, validate } from '@gotk/api';
import { isRecord, type KubeObject } from '@gotk/apimachinery';
import { Stalled } from './outcome.ts';

/** A field that is in the API and that this release does not act on. Its path is below `spec`; `accepts` names values that mean what happens anyway. */
export interface UnsupportedField {
  readonly path: string;
  readonly accepts?: (value: unknown) => boolean;
}

const SHOWN = 5;

/**
 * Why an object can never be reconciled as it is stored: it breaks its schema (it was stored before its CRD was, or past it), or asks for what this release
 * cannot do. Silence would be worse: a check that is not made, a file that is not decrypted.
 */
export function checkSpec(
  object: KubeObject,
  {
    definition,
    unsupported = [],
  }: { readonly definition: Pick<Definition<KubeObject>, 'spec'>; readonly unsupported?: readonly UnsupportedField[] },
): Stalled | undefined {
  const { spec } = object as { readonly spec?: unknown };
  const problems = validate(definition.spec, spec, 'spec');
  if (problems.length > 0) {
    const shown = problems.slice(0, SHOWN).map(({ path, message }) => `${path} ${message}`);
    return new Stalled({ reason: Reason.InvalidSpec, message: shown.join('; ') });
  }
  const set = unsupported.filter(({ path, accepts = isEmpty }) => {
    const value = at(spec, path.split('.'));
    return value !== undefined && !accepts(value);
  });
  if (set.length === 0) return undefined;
  const names = set.map(({ path }) => `spec.${path}`).join(', ');
  return new Stalled({
    reason: Reason.UnsupportedField,
    message: `${names}: not supported by this release; remove what is set there to go on`,
  });
}

/** What nobody can tell from the field not being set. */
const isEmpty = (value: unknown): boolean => value === false || value === '' || (Array.isArray(value) && value.length === 0);

function at(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return isRecord(value) && Object.hasOwn(value, first) ? at(value[first], rest) : undefined;
}
