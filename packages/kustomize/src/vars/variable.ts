import { parseApiVersion } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import type { KindSelector } from '../config/field-spec.ts';
import { FieldReader } from '../kustomization/field-reader.ts';
import type { JsonMap } from '../resource/resource.ts';

/** A value of one object that others can refer to as `$(NAME)`. */
export interface Variable {
  readonly name: string;
  readonly object: Required<KindSelector> & { readonly name: string; readonly namespace: string };
  /** `metadata.name` when it is not given. */
  readonly fieldPath: string;
  /** Where the variable stands, for messages. */
  readonly at: string;
}

export function variableRule(rule: JsonMap, at: string): Variable {
  const fields = new FieldReader(rule, at);
  const name = fields.string('name') ?? '';
  const object = new FieldReader(fields.map('objref') ?? {}, `${at}.objref`);
  const field = new FieldReader(fields.map('fieldref') ?? {}, `${at}.fieldref`);
  const [apiVersion, kind, target] = [object.string('apiVersion'), object.string('kind') ?? '', object.string('name') ?? ''];
  const written = { group: object.string('group') ?? '', version: object.string('version') ?? '' };
  const read: Variable = {
    name,
    object: {
      ...(apiVersion ? parseApiVersion(apiVersion) : written),
      kind,
      name: target,
      namespace: object.string('namespace') ?? '',
    },
    fieldPath: field.string('fieldPath') || 'metadata.name',
    at,
  };
  for (const reader of [fields, object, field]) reader.refuseTheRest();
  if (name === '') throw new BuildError(`${at}: name is required`);
  return read;
}
