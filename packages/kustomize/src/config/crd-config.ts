import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { readConfigYaml } from '../tree/documents.ts';
import type { LoadedFile } from '../tree/loader.ts';
import { type FieldSpec, splitPath } from './field-spec.ts';
import type { Referral } from './referral.ts';
import type { PartialConfig } from './transformer-config.ts';

/** The extensions by which a schema tells kustomize what a property is. */
const EXTENSION = {
  annotation: 'x-kubernetes-annotation',
  labels: 'x-kubernetes-label-selector',
  identity: 'x-kubernetes-identity',
  version: 'x-kubernetes-object-ref-api-version',
  kind: 'x-kubernetes-object-ref-kind',
  nameKey: 'x-kubernetes-object-ref-name-key',
} as const;

/** Schemas within schemas: more than any kind has. */
const MAX_DEPTH = 32;
const MAX_PROPERTIES = 100_000;

/**
 * What a file of `crds` says about the fields of its kinds: OpenAPI definitions by name, in which extensions mark names, labels and annotations. Definitions that
 * are no kinds of their own only count where others refer to them. Throws `BuildError`.
 */
export function configFromCrds({ bytes, path: file }: LoadedFile): PartialConfig {
  if (bytes.length === 0) throw new BuildError(`${file}: the file is empty`);
  const [definitions = {}] = readConfigYaml(bytes, file);
  if (!isMap(definitions)) throw new BuildError(`${file}: must be OpenAPI definitions by name`);
  const found: Found = {
    file,
    definitions,
    left: MAX_PROPERTIES,
    commonAnnotations: [],
    commonLabels: [],
    namePrefix: [],
    nameReference: [],
  };
  for (const [name, definition] of Object.entries(definitions)) {
    const properties = propertiesOf(definition, `${file}: ${name}`);
    if (!['kind', 'apiVersion', 'metadata'].every((field) => Object.hasOwn(properties, field))) continue;
    survey(found, { type: name, kind: name.slice(name.lastIndexOf('.') + 1), path: [] });
  }
  const { commonAnnotations, commonLabels, namePrefix, nameReference } = found;
  return { commonAnnotations, commonLabels, namePrefix, nameReference };
}

interface Found {
  readonly file: string;
  readonly definitions: JsonMap;
  left: number;
  readonly commonAnnotations: FieldSpec[];
  readonly commonLabels: FieldSpec[];
  readonly namePrefix: FieldSpec[];
  readonly nameReference: Referral[];
}

interface Place {
  readonly type: string;
  readonly kind: string;
  readonly path: readonly string[];
}

function survey(found: Found, { type, kind, path }: Place): void {
  const { file, definitions } = found;
  if (path.length > MAX_DEPTH)
    throw new BuildError(`${file}: '${kind}' is nested more deeply than ${MAX_DEPTH} levels, at '${path.slice(0, 4).join('/')}'`);
  if (!Object.hasOwn(definitions, type)) return;
  for (const [name, written] of Object.entries(propertiesOf(definitions[type], `${file}: ${type}`))) {
    found.left -= 1;
    if (found.left < 0)
      throw new BuildError(`${file}: more than ${MAX_PROPERTIES} properties, counting each as often as it is referred to`);
    const property = mapOf(written, `${file}: ${type}.${name}`);
    const extension = (which: keyof typeof EXTENSION) => {
      const value = property[EXTENSION[which]];
      return typeof value === 'string' ? value : undefined;
    };
    // A slash in a name is no different from one between names.
    const spec: FieldSpec = { kind, path: splitPath([...path, name].join('/')) };
    if (extension('annotation') !== undefined) found.commonAnnotations.push(spec);
    if (extension('labels') !== undefined) found.commonLabels.push(spec);
    if (extension('identity') !== undefined) found.namePrefix.push(spec);
    const [version, target] = [extension('version'), extension('kind')];
    if (version !== undefined && target !== undefined) {
      const named = { kind, path: [...spec.path, extension('nameKey') ?? 'name'] };
      found.nameReference.push({ kind: target, version, fields: [named] });
    }
    if (typeof property.$ref === 'string') survey(found, { type: property.$ref, kind, path: spec.path });
  }
}

function propertiesOf(definition: Json | undefined, at: string): JsonMap {
  const written = Object.entries(mapOf(definition, at));
  // The one name that kustomize reads without regard to case.
  const [, schema] = written.findLast(([name]) => name.toLowerCase() === 'schema') ?? [];
  return mapOf(mapOf(schema, at).properties, at);
}

/** A map, or an empty one for nothing. */
function mapOf(value: Json | undefined, at: string): JsonMap {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw new BuildError(`${at}: must be a schema with properties`);
  return value;
}
