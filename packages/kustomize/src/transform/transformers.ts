import type { TransformerConfig } from '../config/transformer-config.ts';
import type { KustomizationFile } from '../kustomization/kustomization-file.ts';
import { applyReplacements } from '../replacement/apply-replacements.ts';
import { loadReplacements } from '../replacement/load-replacements.ts';
import type { BuildResource } from '../resource/resource.ts';
import { refuseDuplicates } from '../resource/resource-set.ts';
import type { SchemaChoice } from '../schema/schema-choice.ts';
import type { Loader } from '../tree/loader.ts';
import { replaceImages } from './images.ts';
import { addLabels, setEntries } from './labels.ts';
import { type NamespaceRule, setNamespace } from './namespace.ts';
import { applyPatches } from './patch.ts';
import { addPrefix, addSuffix } from './rename.ts';
import { setReplicas } from './replicas.ts';

/** Changes resources in place, and returns those that remain. */
export type Transform = (resources: readonly BuildResource[]) => readonly BuildResource[];

/** A transformer as kustomize calls it. */
export interface Transformer {
  readonly kind: string;
  readonly transform: Transform;
}

export interface TransformerContext {
  readonly kustomization: KustomizationFile;
  readonly loader: Loader;
  readonly schemas: SchemaChoice;
  readonly config: TransformerConfig;
}

/** What a kustomization asks for by its fields, in kustomize's order. Replacements are read when it is their turn. */
export function builtinTransformers({ kustomization, loader, schemas, config }: TransformerContext): readonly Transformer[] {
  const { file, namespace = '', namePrefix, nameSuffix, labels, commonLabels, commonAnnotations, images, replicas } = kustomization;
  const { patchesStrategicMerge, patches, patchesJson6902, replacements } = kustomization;
  const each = <Rule>(kind: string, rules: readonly Rule[], apply: (rule: Rule, resources: readonly BuildResource[]) => void) =>
    rules.map((rule) => ({ kind, transform: inPlace((resources) => apply(rule, resources)) }));
  const when = (asked: boolean, kind: string, transform: Transform) => (asked ? [{ kind, transform }] : []);
  const hasLabels = labels.length > 0 || Object.keys(commonLabels).length > 0;

  return [
    ...when(patchesStrategicMerge.length > 0, 'PatchStrategicMergeTransformer', (resources) =>
      applyPatches(resources, patchesStrategicMerge, { loader, schemas, field: 'patchesStrategicMerge' }),
    ),
    ...patches.map((rule) => ({
      kind: 'PatchTransformer',
      transform: (resources: readonly BuildResource[]) => applyPatches(resources, [rule], { loader, schemas, field: 'patches' }),
    })),
    ...when(namespace !== '', 'NamespaceTransformer', inNamespace({ namespace, fields: config.namespace }, file)),
    ...when(
      namePrefix !== '',
      'PrefixTransformer',
      inPlace((all) => addPrefix(all, namePrefix, config.namePrefix)),
    ),
    ...when(
      nameSuffix !== '',
      'SuffixTransformer',
      inPlace((all) => addSuffix(all, nameSuffix, config.nameSuffix)),
    ),
    ...each('LabelTransformer', labels, (rule, resources) => addLabels(resources, rule, config)),
    ...when(
      hasLabels,
      'LabelTransformer',
      inPlace((all) => setEntries(all, commonLabels, config.commonLabels)),
    ),
    ...when(
      Object.keys(commonAnnotations).length > 0,
      'AnnotationsTransformer',
      inPlace((all) => setEntries(all, commonAnnotations, config.commonAnnotations)),
    ),
    ...patchesJson6902.map((rule) => ({
      kind: 'PatchJson6902Transformer',
      transform: (resources: readonly BuildResource[]) => applyPatches(resources, [rule], { loader, schemas, field: 'patchesJson6902' }),
    })),
    ...replicas.map((rule, index) => ({
      kind: 'ReplicaCountTransformer',
      transform: inPlace((all) => setReplicas(all, rule, { fields: config.replicas, at: `${file}: replicas[${index}]` })),
    })),
    ...each('ImageTagTransformer', images, (rule, resources) => replaceImages(resources, rule, config.images)),
    ...when(
      replacements.length > 0,
      'ReplacementTransformer',
      inPlace((all) => applyReplacements(all, loadReplacements(replacements, loader, `${file}: replacements`))),
    ),
  ];
}

export const inPlace =
  (change: (resources: readonly BuildResource[]) => void): Transform =>
  (resources) => {
    change(resources);
    return resources;
  };

/** Objects of several namespaces may become one. */
export const inNamespace = (rule: NamespaceRule, at: string): Transform =>
  inPlace((resources) => {
    setNamespace(resources, rule);
    refuseDuplicates(resources, at);
  });
