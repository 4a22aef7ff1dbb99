import { BuildError } from './build-error.ts';
import { configFromCrds } from './config/crd-config.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { readConfig } from './config/read-config.ts';
import { mergeConfigs, NO_CONFIG, type TransformerConfig } from './config/transformer-config.ts';
import { absorb } from './generate/absorb.ts';
import { generateObject } from './generate/generate-object.ts';
import { withGlobalOptions } from './generate/generator-rule.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization/kustomization-file.ts';
import { generate } from './plugin/generators.ts';
import { loadPlugins, type Plugin, type PluginSource } from './plugin/plugin.ts';
import { transformerOf } from './plugin/transformers.ts';
import { validate } from './plugin/validate.ts';
import { builtBy, type Origin, within } from './provenance/origin.ts';
import { resourcesOf } from './resource/manifest.ts';
import { type BuildResource, isMap, withoutOwnAnnotations } from './resource/resource.ts';
import { ResourceSet } from './resource/resource-set.ts';
import type { SchemaChoice } from './schema/schema-choice.ts';
import { settleTwins } from './transform/settle-twins.ts';
import { builtinTransformers } from './transform/transformers.ts';
import { readConfigYaml, readDocuments } from './tree/documents.ts';
import type { Loader } from './tree/loader.ts';
import { addVariables, type Variables } from './vars/add-variables.ts';

/** What a kustomization makes of itself and of what it builds on; names are not fixed up yet. */
export interface Accumulated {
  readonly resources: readonly BuildResource[];
  /** Its own and that of everything below it: what an overlay does, it does there too. */
  readonly config: TransformerConfig | undefined;
  readonly vars: Variables;
}

const NOTHING: Accumulated = { resources: [], config: undefined, vars: new Map() };

/** One kustomization of a build. */
export interface Target {
  readonly kustomization: KustomizationFile;
  readonly loader: Loader;
  readonly schemas: SchemaChoice;
  /** Where it is, seen from the first one; undefined when nobody wants to know where objects come from. */
  readonly origin: Origin | undefined;
}

/** Loads what a kustomization names and applies what it asks for, in kustomize's order. Throws `BuildError`. */
export function accumulate(target: Target, start: Accumulated = NOTHING): Accumulated {
  const { kustomization } = target;
  if (kustomization.isEmpty) throw new BuildError(`${kustomization.file}: the kustomization is empty`);
  target.loader.file = kustomization.file;
  readSchema(target);
  const loaded = withConfig(target, withResources(target, start, { paths: kustomization.resources, field: 'resources' }));
  const composed = withComponents(target, withGenerated(target, loaded));
  const transformed = { ...composed, resources: runTransformers(target, composed) };
  validate(pluginsOf(target, 'validators'), transformed.resources, target);
  return { ...transformed, vars: addVariables(transformed, kustomization.vars) };
}

function readSchema({ kustomization, loader, schemas }: Target): void {
  const { file, openapi } = kustomization;
  schemas.choose(openapi, { at: file, read: (path) => loader.load(path, `${file}: openapi.path`).bytes });
}

interface Paths {
  readonly paths: readonly string[];
  /** The field they stand in, for messages. */
  readonly field: string;
}

/** Adds what files hold, and what directories are built to. */
function withResources(target: Target, start: Accumulated, { paths, field }: Paths): Accumulated {
  const { file } = target.kustomization;
  const set = new ResourceSet(start.resources, file);
  let { config, vars } = start;
  for (const [index, path] of paths.entries()) {
    const at = `${file}: ${field}[${index}]`;
    const loaded = resourcesIn(target, path, at);
    if (loaded !== undefined) {
      set.add(loaded);
      continue;
    }
    const base = enter(target, path, at);
    if (base.kustomization.kind === 'Component') throw new BuildError(`${at}: '${path}' is a component: it belongs under components`);
    const built = accumulate(base);
    set.add(built.resources);
    if (built.config !== undefined) config = joined(config, built.config);
    vars = addVariables({ resources: [], vars }, [...built.vars.values()]);
  }
  return { resources: set.resources, config, vars };
}

/** The resources in a file; undefined when the path is not that of a file. */
function resourcesIn(target: Target, path: string, at: string): readonly BuildResource[] | undefined {
  const { kustomization, loader, origin } = target;
  const known = kustomization.documents.get(loader.pathOf(path));
  const resources =
    known === undefined ? readResources(target, path, at) : resourcesOf(known, { file: loader.pathOf(path), scopes: target.schemas });
  if (origin !== undefined) for (const resource of resources ?? []) resource.origin = within(origin, path);
  return resources;
}

function readResources({ loader, schemas }: Target, path: string, at: string): readonly BuildResource[] | undefined {
  const file = loader.find(path, at);
  return file === undefined ? undefined : resourcesOf(readDocuments(file.bytes, file.path), { file: file.path, scopes: schemas });
}

function enter({ loader, schemas, origin }: Target, path: string, at: string): Target {
  const inner = loader.enter(path, at);
  const file = findKustomizationFile(inner.tree, inner.directory);
  if (file === undefined)
    throw new BuildError(`${inner.directory === '' ? '.' : inner.directory}: no kustomization file in this directory`);
  inner.checkKustomization(file);
  return {
    kustomization: readKustomizationFile(inner.tree, file),
    loader: inner,
    schemas,
    origin: origin === undefined ? undefined : within(origin, path),
  };
}

function withConfig({ kustomization, loader }: Target, accumulated: Accumulated): Accumulated {
  const { file, configurations, crds } = kustomization;
  const own = configurations.map((path, index) => {
    const loaded = loader.load(path, `${file}: configurations[${index}]`);
    const [content = {}] = readConfigYaml(loaded.bytes, loaded.path);
    if (!isMap(content)) throw new BuildError(`${loaded.path}: must have fields`);
    return readConfig(content, loaded.path);
  });
  const ofCrds = crds.map((path, index) => configFromCrds(loader.load(path, `${file}: crds[${index}]`)));
  const known = own.length === 0 ? DEFAULT_CONFIG : mergeConfigs(DEFAULT_CONFIG, own.reduce(mergeConfigs, NO_CONFIG));
  const configured = joined(accumulated.config, known);
  return { ...accumulated, config: ofCrds.reduce(mergeConfigs, configured) };
}

/**
 * What is known by default is added like anything else: when a configuration names a path for one kind, the same path for any kind is taken for known, and left
 * out.
 */
function joined(config: TransformerConfig | undefined, more: TransformerConfig): TransformerConfig {
  if (config !== undefined) return mergeConfigs(config, more);
  return more === DEFAULT_CONFIG ? more : mergeConfigs(NO_CONFIG, more);
}

function withGenerated(target: Target, accumulated: Accumulated): Accumulated {
  const { kustomization, loader, schemas, origin } = target;
  const rules = [...kustomization.configMapGenerator, ...kustomization.secretGenerator];
  const builtin = rules.map((rule) => () => ({
    generated: [generateObject(withGlobalOptions(rule, kustomization.generatorOptions), loader)],
    origin: origin === undefined ? undefined : builtBy(origin, { file: kustomization.file, kind: `${rule.kind}Generator` }),
  }));
  const plugins = pluginsOf(target, 'generators').map((plugin) => () => ({
    generated: generate(plugin, loader),
    origin: plugin.origin,
  }));
  let { resources } = accumulated;
  for (const run of [...builtin, ...plugins]) {
    const { generated, origin: source } = run();
    for (const one of generated) {
      one.resource.scopes = schemas;
      one.resource.origin ??= source;
      resources = absorb(resources, one, kustomization.file);
    }
  }
  return { ...accumulated, resources };
}

function pluginsOf(target: Target, field: PluginSource['field']): readonly Plugin[] {
  const load = (paths: readonly string[]) => withResources(target, NOTHING, { paths, field }).resources;
  return loadPlugins(target.kustomization[field], {
    file: target.kustomization.file,
    field,
    origin: target.origin,
    scopes: target.schemas,
    load,
  });
}

/** A component works on what is there already. What is configured by then is added anew, like anything else. */
function withComponents(target: Target, start: Accumulated): Accumulated {
  const { file, components } = target.kustomization;
  return components.reduce((accumulated, path, index) => {
    const at = `${file}: components[${index}]`;
    const component = enter(target, path, at);
    if (component.kustomization.kind !== 'Component')
      throw new BuildError(`${at}: '${path}' is not a component: it belongs under resources`);
    const composed = accumulate(component, accumulated);
    return composed.config === undefined ? composed : { ...composed, config: joined(undefined, composed.config) };
  }, start);
}

function runTransformers(target: Target, { resources, config = DEFAULT_CONFIG }: Accumulated): readonly BuildResource[] {
  const { kustomization, loader, schemas, origin } = target;
  const builtin = builtinTransformers({ kustomization, loader, schemas, config }).map(({ kind, transform }) => ({
    transform,
    origin: origin === undefined ? undefined : builtBy(origin, { file: kustomization.file, kind }),
  }));
  const plugins = pluginsOf(target, 'transformers').map((plugin) => ({
    transform: transformerOf(plugin, target),
    origin: plugin.origin,
  }));
  return [...builtin, ...plugins].reduce((current, { transform, origin: source }) => {
    const next = transform(current);
    for (const resource of next) if (resource.twins.length > 0) resource.twins = settleTwins(resource.object, resource.twins);
    if (source !== undefined) for (const resource of next) noteTransformation(resource, source);
    return next;
  }, resources);
}

// What has no origin yet must be what the transformer made.
function noteTransformation(resource: BuildResource, source: Origin): void {
  resource.twins = withoutOwnAnnotations(resource.twins);
  if (resource.origin === undefined) resource.origin = source;
  else resource.transformations.push(source);
}
