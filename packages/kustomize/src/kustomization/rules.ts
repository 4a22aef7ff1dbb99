import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { FieldReader } from './field-reader.ts';

export interface LabelRule {
  readonly pairs: Readonly<Record<string, string>>;
  readonly includeSelectors: boolean;
  readonly includeTemplates: boolean;
  readonly includeVolumeClaimTemplates: boolean;
}

export interface ImageRule {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  /** Put behind the tag that an image has. */
  readonly tagSuffix?: string;
  readonly digest?: string;
}

export interface TargetSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export interface PatchRule {
  /** Inline text, or the file it is in. */
  readonly source: { readonly text: string } | { readonly path: string };
  readonly target?: TargetSelector;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** Where the rule stands, for messages. */
  readonly at: string;
}

export function labelRule(rule: JsonMap, at: string): LabelRule {
  const fields = new FieldReader(rule, at);
  const read = {
    pairs: fields.stringMap('pairs'),
    includeSelectors: fields.boolean('includeSelectors'),
    includeTemplates: fields.boolean('includeTemplates'),
    includeVolumeClaimTemplates: fields.boolean('includeVolumeClaimTemplates'),
  };
  fields.refuseTheRest(['fields']);
  return read;
}

export function imageRule(rule: JsonMap, at: string): ImageRule {
  const fields = new FieldReader(rule, at);
  const name = fields.string('name');
  const changes = (['newName', 'newTag', 'tagSuffix', 'digest'] as const).map((field) => [field, fields.string(field)] as const);
  fields.refuseTheRest();
  if (!name) throw new BuildError(`${at}: name is required`);
  return { name, ...Object.fromEntries(changes.filter(([, value]) => value !== undefined && value !== '')) };
}

export function patchRule(rule: JsonMap, at: string): PatchRule {
  const fields = new FieldReader(rule, at);
  const [text, path, target] = [fields.string('patch'), fields.string('path'), fields.map('target')];
  const options = new FieldReader(fields.map('options') ?? {}, `${at}.options`);
  const changes = { allowNameChange: options.boolean('allowNameChange'), allowKindChange: options.boolean('allowKindChange') };
  fields.refuseTheRest();
  options.refuseTheRest();
  const source = sourceOf(text?.trim() ?? '', path ?? '');
  if (source === undefined) throw new BuildError(`${at}: needs either patch or path`);
  return {
    source,
    ...(target === undefined ? {} : { target: targetSelector(target, `${at}.target`) }),
    ...changes,
    at,
  };
}

function sourceOf(text: string, path: string): PatchRule['source'] | undefined {
  if ((text === '') === (path === '')) return undefined;
  return text === '' ? { path } : { text };
}

function targetSelector(target: JsonMap, at: string): TargetSelector {
  const fields = new FieldReader(target, at);
  const names = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector'] as const;
  const read = Object.fromEntries(names.flatMap((name) => (fields.string(name) ? [[name, fields.string(name)]] : [])));
  fields.refuseTheRest();
  return read;
}

/** A rule of patchesJson6902, which has to say what it is about. */
export function operationsRule(rule: JsonMap, at: string): PatchRule {
  const read = patchRule(rule, at);
  if (read.target?.name === undefined) throw new BuildError(`${at}: target.name is required`);
  return read;
}

/** An entry of patchesStrategicMerge is a file name, or the patch itself. */
export const mergeRule = (entry: string, at: string): PatchRule => ({
  source: entry.includes('\n') || entry.includes(': ') ? { text: entry } : { path: entry },
  allowNameChange: false,
  allowKindChange: false,
  at,
});
