import { BuildError } from '../build-error.ts';
import { type BuildResource, type Json, type JsonMap, newResource, setField } from '../resource/resource.ts';
import type { Loader } from '../tree/loader.ts';
import type { Behavior, GeneratorRule } from './generator-rule.ts';
import { keyValuesOf } from './key-values.ts';

/** A resource that a generator made, and what it does to one that is there already. */
export interface Generated {
  readonly resource: BuildResource;
  readonly behavior: Behavior;
}

/** Makes the ConfigMap or Secret of a rule. Throws `BuildError`. */
export function generateObject(rule: GeneratorRule, loader: Loader): Generated {
  const { kind, name, namespace, options } = rule;
  if (name === '') throw new BuildError(`${rule.at}: name is required`);
  const metadata: JsonMap = { name, ...(namespace === '' ? {} : { namespace }) };
  if (Object.keys(options.labels).length > 0) metadata.labels = { ...options.labels };
  if (Object.keys(options.annotations).length > 0) metadata.annotations = { ...options.annotations };
  const content = kind === 'Secret' ? secretContent(rule, loader) : configMapContent(rule, loader);
  const object: JsonMap = { apiVersion: 'v1', kind, metadata, ...content, ...(options.immutable ? { immutable: true } : {}) };
  const resource = newResource(object, loader.file);
  resource.isHashed = !options.disableNameSuffixHash;
  return { resource, behavior: rule.behavior };
}

function secretContent(rule: GeneratorRule, loader: Loader): JsonMap {
  const data: JsonMap = {};
  for (const { key, value } of keyValuesOf(rule, loader)) setField(data, key, base64Lines(value));
  return { type: rule.type, data };
}

/** Text goes to `data`, anything else to `binaryData`; neither is there without an entry. */
function configMapContent(rule: GeneratorRule, loader: Loader): JsonMap {
  const [data, binaryData]: readonly [JsonMap, JsonMap] = [{}, {}];
  for (const { key, value } of keyValuesOf(rule, loader)) {
    const text = textOf(value);
    if (text === undefined) setField(binaryData, key, base64Lines(value));
    else setField(data, key, text);
  }
  return { ...unlessEmpty('data', data), ...unlessEmpty('binaryData', binaryData) };
}

const unlessEmpty = (field: string, map: JsonMap): JsonMap => (Object.keys(map).length === 0 ? {} : { [field]: map });

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const LINE = 70;

/** In lines of 70 characters, each with its end, unless one line is all. */
export function base64Lines(bytes: Uint8Array): Json & string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return text.length < LINE ? text : (text.match(/.{1,70}/g) ?? []).map((line) => `${line}\n`).join('');
}
