import { BuildError } from '../build-error.ts';
import { FieldReader } from '../kustomization/field-reader.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** A value to copy, and the fields to copy it to. */
export interface Replacement {
  readonly source: { readonly text: string } | SourceField;
  readonly targets: readonly ReplacementTarget[];
  /** Where it stands, for messages. */
  readonly at: string;
}

/** Empty where anything will do. */
export interface IdSelector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export interface SourceField extends IdSelector {
  readonly fieldPath: string;
  readonly options: FieldOptions;
}

/** The fields of an id are regular expressions here. */
export interface ReplacementSelector extends IdSelector {
  readonly labelSelector: string;
  readonly annotationSelector: string;
}

export interface ReplacementTarget {
  readonly select: ReplacementSelector;
  readonly reject: readonly ReplacementSelector[];
  readonly fieldPaths: readonly string[];
  readonly options: FieldOptions;
}

/** Part of a field: the text between two delimiters. Empty for all of it. */
export interface FieldOptions {
  readonly delimiter: string;
  readonly index: number;
  readonly create: boolean;
}

const DEFAULT_PATH = 'metadata.name';

/** Whose rules apply: a kustomization has no unknown fields and texts that are texts; a file of replacements may have others. */
type Strictness = 'strict' | 'tolerant';

interface Context {
  readonly at: string;
  readonly strictness: Strictness;
}

/** An entry of `replacements`: a replacement, or the file that has one or more. Throws `BuildError`, also for an entry that is both. */
export function replacementEntry(rule: JsonMap, at: string): Replacement | { readonly path: string } {
  const path = new FieldReader(rule, at).string('path');
  if (path === undefined || path === '') return replacementRule(rule, at);
  const fields = new FieldReader(rule, at);
  fields.string('path');
  fields.string('sourceValue');
  const isBoth = fields.map('source') !== undefined || fields.maps('targets').length > 0;
  fields.refuseTheRest();
  if (isBoth) throw new BuildError(`${at}: has both a path and a replacement`);
  return { path };
}

/** The same for the configuration of a plugin, in which fields that nobody knows are ignored. */
export function pluginReplacementEntry(rule: JsonMap, at: string): Replacement | { readonly path: string } {
  const path = new FieldReader(rule, at).string('path');
  return path === undefined || path === '' ? parse(tolerated(rule), { at, strictness: 'tolerant' }) : replacementEntry(rule, at);
}

/** One replacement, of a kustomization. Throws `BuildError`. */
export const replacementRule = (rule: JsonMap, at: string): Replacement => parse(rule, { at, strictness: 'strict' });

/** The replacements in a document of a file: one, or a list. Fields that nobody knows are ignored there, as kustomize does. Throws `BuildError`. */
export function replacementsIn(document: unknown, at: string): readonly Replacement[] {
  if (isMap(document)) return [parse(tolerated(document), { at, strictness: 'tolerant' })];
  if (!Array.isArray(document)) throw new BuildError(`${at}: must be a replacement or a list of them`);
  return document.map((item: unknown, index) => {
    if (!isMap(item)) throw new BuildError(`${at}[${index}]: must be a replacement`);
    return parse(tolerated(item), { at: `${at}[${index}]`, strictness: 'tolerant' });
  });
}

function parse(rule: JsonMap, { at, strictness }: Context): Replacement {
  const fields = new FieldReader(rule, at);
  const [text, source] = [fields.string('sourceValue'), fields.map('source')];
  const targets = fields.maps('targets').map((target, index) => targetOf(target, { at: `${at}.targets[${index}]`, strictness }));
  if (fields.string('path')) throw new BuildError(`${at}: path must name a file in a kustomization`);
  finish(fields, strictness);
  if (targets.length === 0) throw new BuildError(`${at}: needs at least one target`);
  if (text !== undefined && source !== undefined) throw new BuildError(`${at}: has both source and sourceValue`);
  if (source !== undefined) return { source: sourceOf(source, { at: `${at}.source`, strictness }), targets, at };
  if (text === undefined) throw new BuildError(`${at}: needs source or sourceValue`);
  return { source: { text }, targets, at };
}

function finish(fields: FieldReader, strictness: Strictness): void {
  if (strictness === 'strict') fields.refuseTheRest();
}

function sourceOf(source: JsonMap, context: Context): SourceField {
  const fields = new FieldReader(source, context.at);
  const read = {
    ...idSelector(fields),
    fieldPath: fields.string('fieldPath') || DEFAULT_PATH,
    options: optionsOf(fields.map('options') ?? {}, { ...context, at: `${context.at}.options` }),
  };
  finish(fields, context.strictness);
  return read;
}

function targetOf(target: JsonMap, context: Context): ReplacementTarget {
  const fields = new FieldReader(target, context.at);
  const select = fields.map('select');
  const paths = fields.strings('fieldPaths');
  const read = {
    reject: fields.maps('reject').map((each, index) => selectorOf(each, { ...context, at: `${context.at}.reject[${index}]` })),
    fieldPaths: paths.length === 0 ? [DEFAULT_PATH] : paths,
    options: optionsOf(fields.map('options') ?? {}, { ...context, at: `${context.at}.options` }),
  };
  finish(fields, context.strictness);
  if (select === undefined) throw new BuildError(`${context.at}: needs select`);
  return { select: selectorOf(select, { ...context, at: `${context.at}.select` }), ...read };
}

function selectorOf(selector: JsonMap, { at, strictness }: Context): ReplacementSelector {
  const fields = new FieldReader(selector, at);
  const read = {
    ...idSelector(fields),
    labelSelector: fields.string('labelSelector') ?? '',
    annotationSelector: fields.string('annotationSelector') ?? '',
  };
  finish(fields, strictness);
  return read;
}

const idSelector = (fields: FieldReader): IdSelector => ({
  group: fields.string('group') ?? '',
  version: fields.string('version') ?? '',
  kind: fields.string('kind') ?? '',
  name: fields.string('name') ?? '',
  namespace: fields.string('namespace') ?? '',
});

function optionsOf(options: JsonMap, { at, strictness }: Context): FieldOptions {
  const fields = new FieldReader(options, at);
  // kustomize knows encodings by name and does nothing about them.
  fields.string('encoding');
  const read = { delimiter: fields.string('delimiter') ?? '', index: Number(fields.integer('index')), create: fields.boolean('create') };
  finish(fields, strictness);
  return read;
}

const NOT_TEXT = new Set(['source', 'targets', 'select', 'reject', 'options', 'index', 'create']);

/** In a file, numbers and booleans stand for the texts that they would be. */
function tolerated(rule: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [name, NOT_TEXT.has(name.toLowerCase()) ? toleratedBelow(value) : textFor(value)]),
  );
}

function toleratedBelow(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isMap(item) ? tolerated(item) : item));
  return isMap(value) ? tolerated(value) : value;
}

function textFor(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isScalar(item) ? String(item) : item));
  return isScalar(value) ? String(value) : value;
}

const isScalar = (value: Json): boolean => typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
