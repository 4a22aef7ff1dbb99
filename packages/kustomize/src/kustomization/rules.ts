import type { KindOrder } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import type { FieldSpec } from '../config/field-spec.ts';
import { readFieldSpec } from '../config/read-config.ts';
import type { JsonMap } from '../resource/resource.ts';
import type { TargetSelector } from '../resource/selector.ts';
import { FieldReader, type Reading } from './field-reader.ts';

export interface LabelRule {
  readonly pairs: Readonly<Record<string, string>>;
  readonly includeSelectors: boolean;
  readonly includeTemplates: boolean;
  readonly includeVolumeClaimTemplates: boolean;
  /** Where the labels go as well. */
  readonly fields: readonly FieldSpec[];
}

export interface ImageRule {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  /** Put behind the tag that an image has. */
  readonly tagSuffix?: string;
  readonly digest?: string;
}

export interface ReplicaRule {
  readonly name: string;
  readonly count: number | bigint;
}

export interface PatchRule {
  /** Inline text, the file it is in, or what is one or the other. */
  readonly source: { readonly text: string } | { readonly path: string } | { readonly textOrPath: string };
  readonly target?: TargetSelector;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** Where the rule stands, for messages. */
  readonly at: string;
}

/** `fifo`: as loaded. */
export type SortRule = { readonly order: 'fifo' } | { readonly order: 'legacy'; readonly kinds: KindOrder | undefined };

export function labelRule(rule: JsonMap, at: string): LabelRule {
  const fields = new FieldReader(rule, at);
  const read = {
    pairs: fields.stringMap('pairs'),
    includeSelectors: fields.boolean('includeSelectors'),
    includeTemplates: fields.boolean('includeTemplates'),
    includeVolumeClaimTemplates: fields.boolean('includeVolumeClaimTemplates'),
    fields: fields.list('fields', readFieldSpec),
  };
  fields.refuseTheRest();
  return read;
}

export function imageRule(rule: JsonMap, at: string, reading?: Reading): ImageRule {
  const fields = new FieldReader(rule, at, reading);
  // Without a name, it is about images without one.
  const name = fields.string('name') ?? '';
  const changes = (['newName', 'newTag', 'tagSuffix', 'digest'] as const).map((field) => [field, fields.string(field)] as const);
  fields.refuseTheRest();
  return { name, ...Object.fromEntries(changes.filter(([, value]) => value !== undefined && value !== '')) };
}

export function replicaRule(rule: JsonMap, at: string, reading?: Reading): ReplicaRule {
  const fields = new FieldReader(rule, at, reading);
  const read = { name: fields.string('name') ?? '', count: fields.integer('count') };
  fields.refuseTheRest();
  return read;
}

export function patchRule(rule: JsonMap, at: string, reading?: Reading): PatchRule {
  const fields = new FieldReader(rule, at, reading);
  const [text, path, target] = [fields.string('patch'), fields.string('path'), fields.map('target')];
  const options = new FieldReader(fields.map('options') ?? {}, `${at}.options`, reading);
  const changes = { allowNameChange: options.boolean('allowNameChange'), allowKindChange: options.boolean('allowKindChange') };
  fields.refuseTheRest();
  options.refuseTheRest();
  const source = sourceOf(text?.trim() ?? '', path ?? '');
  if (source === undefined) throw new BuildError(`${at}: needs either patch or path`);
  return {
    source,
    ...(target === undefined ? {} : { target: targetSelector(target, `${at}.target`, reading) }),
    ...changes,
    at,
  };
}

function sourceOf(text: string, path: string): PatchRule['source'] | undefined {
  if ((text === '') === (path === '')) return undefined;
  return text === '' ? { path } : { text };
}

export function targetSelector(target: JsonMap, at: string, reading?: Reading): TargetSelector {
  const fields = new FieldReader(target, at, reading);
  const names = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector'] as const;
  const read = Object.fromEntries(names.flatMap((name) => (fields.string(name) ? [[name, fields.string(name)]] : [])));
  fields.refuseTheRest();
  return read;
}

/** A rule of patchesJson6902, which has to say what it is about. */
export function operationsRule(rule: JsonMap, at: string, reading?: Reading): PatchRule {
  const read = patchRule(rule, at, reading);
  if (read.target?.name === undefined) throw new BuildError(`${at}: target.name is required`);
  return read;
}

/** An entry of patchesStrategicMerge is a file name, or the patch itself. */
export const mergeRule = (entry: string, at: string): PatchRule => ({
  source: { textOrPath: entry },
  allowNameChange: false,
  allowKindChange: false,
  at,
});

/** Throws `BuildError` for an order that there is not, and for kinds where they mean nothing. */
export function sortRule(rule: JsonMap, at: string): SortRule {
  const fields = new FieldReader(rule, at);
  const [order = '', kinds] = [fields.string('order'), fields.map('legacySortOptions')];
  fields.refuseTheRest();
  if (order !== 'fifo' && order !== 'legacy') throw new BuildError(`${at}: order must be 'legacy' or 'fifo'`);
  if (order === 'fifo') {
    if (kinds !== undefined) throw new BuildError(`${at}: legacySortOptions is for the order 'legacy' alone`);
    return { order };
  }
  if (kinds === undefined) return { order, kinds: undefined };
  const lists = new FieldReader(kinds, `${at}.legacySortOptions`);
  const read = { first: lists.strings('orderFirst'), last: lists.strings('orderLast') };
  lists.refuseTheRest();
  return { order, kinds: read };
}
