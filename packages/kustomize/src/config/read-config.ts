import { FieldReader, type Reading } from '../kustomization/field-reader.ts';
import { compareKinds } from '../resource/kind-order.ts';
import type { JsonMap } from '../resource/resource.ts';
import { type FieldSpec, fieldSpec, type KindSelector } from './field-spec.ts';
import type { Referral } from './referral.ts';
import { FIELD_SPEC_LISTS, type PartialConfig } from './transformer-config.ts';

/** Reads a file of `configurations`. Throws `BuildError`, also for fields that there are not. */
export function readConfig(content: JsonMap, file: string): PartialConfig {
  const fields = new FieldReader(content, file);
  const lists = FIELD_SPEC_LISTS.map((name) => [name, fields.list(name, readFieldSpec).toSorted(compareKinds)] as const);
  const nameReference = fields.list('nameReference', readReferral).toSorted(compareKinds);
  fields.refuseTheRest();
  return { ...Object.fromEntries(lists), nameReference };
}

/** A field spec as a person writes it. */
export function readFieldSpec(rule: JsonMap, at: string, reading?: Reading): FieldSpec {
  const fields = new FieldReader(rule, at, reading);
  const [kinds, path, create] = [kindsOf(fields), fields.string('path') ?? '', fields.boolean('create')];
  fields.refuseTheRest();
  return fieldSpec(path, create ? { ...kinds, create } : kinds);
}

function readReferral(rule: JsonMap, at: string): Referral {
  const fields = new FieldReader(rule, at);
  const read = { ...kindsOf(fields), fields: fields.list('fieldSpecs', readFieldSpec) };
  fields.refuseTheRest();
  return read;
}

function kindsOf(fields: FieldReader): KindSelector {
  const parts = (['group', 'version', 'kind'] as const).map((part) => [part, fields.string(part)] as const);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined && value !== ''));
}
