import { BuildError } from '../build-error.ts';
import type { FieldSpec } from '../config/field-spec.ts';
import { readFieldSpec } from '../config/read-config.ts';
import { addHashes } from '../generate/add-hashes.ts';
import { FieldReader } from '../kustomization/field-reader.ts';
import { imageRule, mergeRule, operationsRule, type PatchRule, patchRule, replicaRule } from '../kustomization/rules.ts';
import { applyReplacements } from '../replacement/apply-replacements.ts';
import { loadReplacements } from '../replacement/load-replacements.ts';
import { pluginReplacementEntry } from '../replacement/replacement-rule.ts';
import { type JsonMap, metadataOf } from '../resource/resource.ts';
import { replaceImages } from '../transform/images.ts';
import { setEntries } from '../transform/labels.ts';
import type { NamespaceRule, SubjectMode } from '../transform/namespace.ts';
import { applyPatches, type PatchContext, type PatchField } from '../transform/patch.ts';
import { addPrefix, addSuffix } from '../transform/rename.ts';
import { setReplicas } from '../transform/replicas.ts';
import { inNamespace, inPlace, type Transform } from '../transform/transformers.ts';
import { addValue } from '../transform/value-add.ts';
import type { Plugin } from './plugin.ts';

/** What a transformer plugin does. Its configuration is checked at once. Throws `BuildError`, also for a plugin that is no transformer. */
export function transformerOf(plugin: Plugin, context: Omit<PatchContext, 'field'>): Transform {
  const { loader } = context;
  const { object, at } = plugin;
  const fields = new FieldReader(object, at, 'lenient');
  const specs = fields.list('fieldSpecs', readFieldSpec);
  switch (plugin.kind) {
    case 'AnnotationsTransformer':
      return entries(fields.stringMap('annotations'), specs);
    case 'LabelTransformer':
      return entries(fields.stringMap('labels'), specs);
    case 'NamespaceTransformer':
      return inNamespace(namespaceRule(plugin, fields, specs), at);
    case 'PrefixTransformer':
    case 'SuffixTransformer':
    case 'PrefixSuffixTransformer':
      return renaming(plugin, fields, specs);
    case 'ImageTagTransformer': {
      const rule = imageRule(fields.map('imageTag') ?? {}, `${at}.imageTag`, 'lenient');
      return inPlace((all) => replaceImages(all, rule, specs));
    }
    case 'ReplicaCountTransformer': {
      const rule = replicaRule(fields.map('replica') ?? {}, `${at}.replica`, 'lenient');
      return inPlace((all) => setReplicas(all, rule, { fields: specs, at }));
    }
    case 'PatchTransformer':
      return patching([patchRule(object, at, 'lenient')], 'patches', context);
    case 'PatchJson6902Transformer': {
      const { jsonOp, ...rule } = chosen(object, ['path', 'target', 'jsonOp']);
      return patching(
        [operationsRule(jsonOp === undefined ? rule : { ...rule, patch: jsonOp }, at, 'lenient')],
        'patchesJson6902',
        context,
      );
    }
    case 'PatchStrategicMergeTransformer':
      return patching(mergeRules(fields, at), 'patchesStrategicMerge', context);
    case 'ReplacementTransformer': {
      const rules = loadReplacements(fields.list('replacements', pluginReplacementEntry), loader, at);
      return inPlace((all) => applyReplacements(all, rules));
    }
    case 'ValueAddTransformer':
      return addValue(fields, { loader, at });
    case 'HashTransformer':
      return inPlace(addHashes);
    default:
      throw new BuildError(`${at}: there is no transformer of this kind`);
  }
}

const entries = (pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transform =>
  inPlace((all) => setEntries(all, pairs, specs));

const patching = (rules: readonly PatchRule[], field: PatchField, { loader, schemas }: Omit<PatchContext, 'field'>): Transform => {
  return (resources) => applyPatches(resources, rules, { loader, schemas, field });
};

const chosen = (object: JsonMap, names: readonly string[]): JsonMap =>
  Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));

function mergeRules(fields: FieldReader, at: string): readonly PatchRule[] {
  const [paths, patches = ''] = [fields.strings('paths'), fields.string('patches')];
  if (paths.length === 0 && patches === '') throw new BuildError(`${at}: needs paths or patches`);
  const inline: PatchRule = { source: { text: patches }, allowNameChange: false, allowKindChange: false, at };
  return [...paths.map((path, index) => mergeRule(path, `${at}.paths[${index}]`)), ...(patches === '' ? [] : [inline])];
}

const SUBJECT_MODES: readonly SubjectMode[] = ['defaultOnly', 'allServiceAccounts', 'none'];

function namespaceRule({ object, at }: Plugin, fields: FieldReader, specs: readonly FieldSpec[]): NamespaceRule {
  const { namespace = '' } = metadataOf(object);
  const mode = fields.string('setRoleBindingSubjects') || 'defaultOnly';
  const subjects = SUBJECT_MODES.find((known) => known === mode);
  if (subjects === undefined) throw new BuildError(`${at}: setRoleBindingSubjects must be one of ${SUBJECT_MODES.join(', ')}`);
  return { namespace: String(namespace), fields: specs, unsetOnly: fields.boolean('unsetOnly'), subjects };
}

function renaming({ kind, object, at }: Plugin, fields: FieldReader, specs: readonly FieldSpec[]): Transform {
  if (object.fieldSpecs === undefined || object.fieldSpecs === null) throw new BuildError(`${at}: needs fieldSpecs`);
  const prefix = kind === 'SuffixTransformer' ? undefined : (fields.string('prefix') ?? '');
  const suffix = kind === 'PrefixTransformer' ? undefined : (fields.string('suffix') ?? '');
  return inPlace((all) => {
    if (prefix !== undefined) addPrefix(all, prefix, specs);
    if (suffix !== undefined) addSuffix(all, suffix, specs);
  });
}
