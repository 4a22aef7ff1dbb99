import { BUILTIN_DEFINITIONS, KUSTOMIZATION, OBJECT_META } from './builtin-definitions.ts';
import { BUILTIN_KINDS, type BuiltinKinds, SCOPE_ONLY } from './builtin-kinds.ts';
import { kindKey, layered, type Schema, type SchemaSet } from './schema-set.ts';

/** kustomize's own kind, which it knows how to merge whatever other schemas there are. */
export const kustomizationSchemas: SchemaSet = {
  definitions: new Map(),
  kinds: new Map([[kindKey('kustomize.config.k8s.io/v1beta1', 'Kustomization'), schemaOf(KUSTOMIZATION)]]),
  namespaced: new Map(),
};

/** Whether the kinds that every kustomize knows have a namespace. No other document changes that. */
export const builtinScopes: ReadonlyMap<string, boolean> = new Map(
  [...Object.entries(BUILTIN_KINDS), ...Object.entries(SCOPE_ONLY)].flatMap(([apiVersion, { namespaced, cluster }]) => [
    ...words(namespaced).map((kind) => [kindKey(apiVersion, kind), true] as const),
    ...words(cluster).map((kind) => [kindKey(apiVersion, kind), false] as const),
  ]),
);

/** What kustomize knows of Kubernetes where a kustomization names no other schemas. */
export const builtinSchemas: SchemaSet = layered(kubernetesSchemas(), kustomizationSchemas);

function kubernetesSchemas(): SchemaSet {
  const definitions = new Map(Object.entries(BUILTIN_DEFINITIONS).map(([name, fields]) => [`io.k8s.${name}`, schemaOf(fields)]));
  const kinds = new Map<string, Schema>();
  for (const [apiVersion, { package: name, ...scopes }] of Object.entries(BUILTIN_KINDS)) {
    for (const kind of kindsOf(scopes)) {
      const schema = schemaOf({ metadata: OBJECT_META, ...BUILTIN_DEFINITIONS[`${name}.${kind}`] });
      definitions.set(`io.k8s.${name}.${kind}`, schema);
      kinds.set(kindKey(apiVersion, kind), schema);
    }
  }
  return { definitions, kinds, namespaced: builtinScopes };
}

function kindsOf({ namespaced, cluster, unscoped }: Omit<BuiltinKinds, 'package'>): readonly string[] {
  return [namespaced, cluster, unscoped].flatMap(words);
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(' ');
}

function schemaOf(fields: (typeof BUILTIN_DEFINITIONS)[string]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [
        field,
        typeof value === 'string'
          ? referenceTo(value)
          : {
              type: 'array',
              'x-kubernetes-patch-strategy': 'merge',
              'x-kubernetes-list-map-keys': value.keys,
              items: value.items === undefined ? {} : referenceTo(value.items),
            },
      ]),
    ),
  };
}

function referenceTo(name: string): Schema {
  return { $ref: `#/definitions/io.k8s.${name}` };
}
