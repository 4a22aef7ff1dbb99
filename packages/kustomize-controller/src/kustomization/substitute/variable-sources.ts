import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Kustomization } from '@gotk/api';
import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import { isNotFound, type Reader } from '@gotk/kube';
import type { Manager } from '@gotk/runtime';
import { mergedVariables, type Variable, type Variables } from './variables.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

type Reference = NonNullable<NonNullable<Kustomization['spec']['postBuild']>['substituteFrom']>[number];

/** A look at where variables come from. */
export interface VariablesInSight {
  /** Equal marks mean equal variables of one generation of the spec. */
  readonly mark: string;
  /** The variables; never fails for what a server says. */
  read(): Promise<Variables>;
}

export interface VariableSources {
  /** Makes a request for each ConfigMap and Secret that no watch knows, for the others none. */
  look(kustomization: Kustomization, options: { readonly signal: AbortSignal }): Promise<VariablesInSight>;
}

export interface VariableSourcesOptions {
  readonly manager: Pick<Manager, 'client' | 'informer' | 'readSecret'>;
  /** Which ConfigMaps and Secrets are watched; undefined: none. */
  readonly labelSelector: string | undefined;
}

const RESOURCES: Readonly<Record<Reference['kind'], Resource<KubeObject>>> = {
  ConfigMap: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  Secret: { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
};

/** Reads `spec.postBuild.substituteFrom`: ConfigMaps and Secrets of the Kustomization's own namespace, none of any other. */
export function createVariableSources({ manager, labelSelector }: VariableSourcesOptions): VariableSources {
  const watched = (kind: Reference['kind']): Reader<KubeObject> | undefined =>
    labelSelector === undefined ? undefined : manager.informer(RESOURCES[kind], { labelSelector, metadataOnly: true });
  const informers = { ConfigMap: watched('ConfigMap'), Secret: watched('Secret') };

  const versionOf = ({ kind, name }: Reference, namespace: string): string | undefined => {
    const metadata = informers[kind]?.get({ namespace, name })?.metadata;
    return metadata?.resourceVersion === undefined ? undefined : `${kind}/${name} ${metadata.uid} ${metadata.resourceVersion}`;
  };
  const variablesOf = async ({ kind, name }: Reference, { namespace, signal }: Where): Promise<readonly Variable[]> => {
    const key: ObjectKey = { namespace, name };
    if (kind === 'Secret') return Object.entries((await manager.readSecret(key, { signal })).data ?? {}).map(decoded);
    const { data = {} } = (await manager.client.get(RESOURCES.ConfigMap, key, { signal })) as ConfigMap;
    return Object.entries(data);
  };
  const read = async ({ spec }: Kustomization, where: Where): Promise<Variables> => {
    const sources: (readonly Variable[])[] = [];
    const secret = new Set<string>();
    for (const reference of spec.postBuild?.substituteFrom ?? []) {
      try {
        const found = await variablesOf(reference, where);
        sources.push(found);
        // Whatever wins in the end: a name that was secret once may be so again.
        if (reference.kind === 'Secret') for (const [name] of found) secret.add(name);
      } catch (error) {
        if (where.signal.aborted) throw error;
        if (reference.optional === true && isNotFound(error)) continue;
        const said = error instanceof Error ? error.message : String(error);
        return { kind: 'unreadable', message: `substitute from '${reference.kind}/${reference.name}' error: ${said}` };
      }
    }
    return { kind: 'known', values: mergedVariables([...sources, Object.entries(spec.postBuild?.substitute ?? {})]), secret: [...secret] };
  };

  return {
    async look(kustomization, { signal }) {
      const { spec, metadata } = kustomization;
      const where = { namespace: metadata.namespace ?? '', signal };
      const versions = (spec.postBuild?.substituteFrom ?? []).map((reference) => versionOf(reference, where.namespace));
      if (versions.every((version) => version !== undefined)) return { mark: versions.join('\n'), read: () => read(kustomization, where) };
      const variables = await read(kustomization, where);
      return { mark: createHash('sha256').update(JSON.stringify(variables)).digest('hex'), read: async () => variables };
    },
  };
}

interface Where {
  readonly namespace: string;
  readonly signal: AbortSignal;
}

function decoded([name, base64]: readonly [string, string]): Variable {
  const bytes = Buffer.from(base64, 'base64');
  return [name, isUtf8(bytes) ? bytes.toString('utf8') : null];
}
