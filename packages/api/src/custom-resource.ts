import type { KubeObject, Resource } from '@gotk/apimachinery';
import type { JsonSchema, Schema } from './schema.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'date';
  readonly jsonPath: string;
}

/** Everything there is to say about a kind. */
export interface Definition<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly description: string;
  /** What `kubectl get` prints after the name, in this order. */
  readonly columns: readonly Column[];
  readonly spec: JsonSchema;
  readonly status: JsonSchema;
}

interface Declaration extends Omit<Definition<KubeObject>, 'resource' | 'spec' | 'status'> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: Schema<unknown>;
  readonly status: Schema<unknown>;
}

export function crd<T extends KubeObject>({ group, version, kind, plural, spec, status, ...rest }: Declaration): Definition<T> {
  return { ...rest, resource: { group, version, kind, plural, namespaced: true }, spec: spec.json, status: status.json };
}

/** Columns that every kind has. Their place is upstream's, which is not the same for all. */
export const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
export const READY: Column = { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' };
export const STATUS: Column = { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' };

/** The CustomResourceDefinition of a kind, as the API server takes it. */
export function renderCrd({ resource, singular, shortNames, categories, description, columns, spec, status }: Definition<KubeObject>) {
  const { group, version, kind, plural } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Substitution of variables must never touch the text of a CRD.
      annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
    },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              properties: {
                apiVersion: { type: 'string', description: 'Version of the schema that the object is written in.' },
                kind: { type: 'string', description: 'Kind of the object.' },
                metadata: { type: 'object' },
                spec,
                status,
              },
            },
          },
        },
      ],
    },
  };
}
