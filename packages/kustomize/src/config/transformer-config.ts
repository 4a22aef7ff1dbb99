import { BuildError } from '../build-error.ts';
import { compareKinds } from '../resource/kind-order.ts';
import type { FieldSpec } from './field-spec.ts';
import type { Referral } from './referral.ts';

/** Where each transformer finds what it changes. */
export interface TransformerConfig extends Readonly<Record<FieldSpecList, readonly FieldSpec[]>> {
  readonly nameReference: readonly Referral[];
}

/** The lists of a configuration that are field specs alone. */
export const FIELD_SPEC_LISTS = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'templateLabels',
  'volumeClaimTemplateLabels',
  'commonAnnotations',
  'varReference',
  'images',
  'replicas',
] as const;
export type FieldSpecList = (typeof FIELD_SPEC_LISTS)[number];

/** What a file may say: any of the lists. */
export type PartialConfig = Partial<TransformerConfig>;

/** Puts the lists of both together, those of the first one before; what is in both is there once. Throws `BuildError`, for specs that agree in all but `create`. */
export function mergeConfigs(a: TransformerConfig, b: PartialConfig): TransformerConfig {
  // Nearly all kustomizations have the configuration that there is anyway.
  if (a === b) return a;
  const lists = FIELD_SPEC_LISTS.map((name) => {
    const more = b[name] ?? [];
    return [name, isNothingNew(a[name], more) ? a[name] : mergeSpecs(a[name], more).toSorted(compareKinds)] as const;
  });
  const references = b.nameReference ?? [];
  return {
    ...a,
    ...Object.fromEntries(lists),
    nameReference: isNothingNew(a.nameReference, references)
      ? a.nameReference
      : mergeReferrals(a.nameReference, references).toSorted(compareKinds),
  };
}

const isNothingNew = (list: readonly unknown[], more: readonly unknown[]): boolean => more.length === 0 || list === more;

/** A configuration that knows nothing. */
export const NO_CONFIG = Object.fromEntries(
  [...FIELD_SPEC_LISTS, 'nameReference'].map((name) => [name, []]),
) as unknown as TransformerConfig;

/** Adds the specs that are not in the list yet. A spec is, when one there has its path and is for a kind that it is for as well. */
export function mergeSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): readonly FieldSpec[] {
  const byPath = Map.groupBy(specs, pathOf);
  const merged = [...specs];
  for (const spec of more) {
    const alike = byPath.get(pathOf(spec)) ?? [];
    const same = alike.find((other) => isFor(other, spec));
    if (same === undefined) {
      merged.push(spec);
      byPath.set(pathOf(spec), [...alike, spec]);
    } else if ((same.create ?? false) !== (spec.create ?? false)) {
      throw new BuildError(`the field '${spec.path.join('/')}' of ${spec.kind ?? 'any kind'} is configured twice, with and without create`);
    }
  }
  return merged;
}

const pathOf = ({ path }: FieldSpec): string => path.join('\0');

/** Whether all that `asked` names is the same in `spec`. */
const isFor = (spec: FieldSpec, asked: FieldSpec): boolean =>
  (['group', 'version', 'kind'] as const).every((part) => (asked[part] ?? '') === '' || asked[part] === (spec[part] ?? ''));

function mergeReferrals(referrals: readonly Referral[], more: readonly Referral[]): readonly Referral[] {
  const merged = new Map(referrals.map((referral) => [keyOf(referral), referral]));
  for (const referral of more) {
    const known = merged.get(keyOf(referral));
    merged.set(keyOf(referral), known === undefined ? referral : { ...known, fields: mergeSpecs(known.fields, referral.fields) });
  }
  return [...merged.values()];
}

const keyOf = ({ group = '', version = '', kind = '' }: Referral): string => `${group}\0${version}\0${kind}`;
