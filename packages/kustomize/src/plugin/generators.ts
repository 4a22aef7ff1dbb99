import { BuildError } from '../build-error.ts';
import { type Generated, generateObject } from '../generate/generate-object.ts';
import { readGeneratorFields } from '../generate/generator-rule.ts';
import { FieldReader } from '../kustomization/field-reader.ts';
import { type JsonMap, metadataOf, newResource } from '../resource/resource.ts';
import type { Loader } from '../tree/loader.ts';
import type { Plugin } from './plugin.ts';

/** What a generator plugin makes. Throws `BuildError` for a plugin that is none. */
export function generate(plugin: Plugin, loader: Loader): readonly Generated[] {
  switch (plugin.kind) {
    case 'ConfigMapGenerator':
      return [generateNamed('ConfigMap', plugin, loader)];
    case 'SecretGenerator':
      return [generateNamed('Secret', plugin, loader)];
    case 'IAMPolicyGenerator':
      return [{ resource: newResource(serviceAccount(plugin), loader.file), behavior: 'create' }];
    case 'HelmChartInflationGenerator':
      throw new BuildError(`${plugin.at}: this build inflates no Helm charts`);
    default:
      throw new BuildError(`${plugin.at}: there is no generator of this kind`);
  }
}

/** Its name and namespace are what is generated, unless it says otherwise. */
function generateNamed(kind: 'ConfigMap' | 'Secret', { object, at }: Plugin, loader: Loader): Generated {
  const rule = readGeneratorFields(kind, new FieldReader(object, at, 'lenient'), at);
  const { name = '', namespace = '' } = metadataOf(object);
  return generateObject({ ...rule, name: rule.name || String(name), namespace: rule.namespace || String(namespace) }, loader);
}

/** The service account of a workload of GKE that acts as one of Google Cloud's. */
function serviceAccount({ object, at }: Plugin): JsonMap {
  const fields = new FieldReader(object, at, 'lenient');
  if (fields.string('cloud') !== 'gke') throw new BuildError(`${at}: cloud must be 'gke'`);
  const service = new FieldReader(fields.map('kubernetesService') ?? {}, `${at}.kubernetesService`, 'lenient');
  const account = new FieldReader(fields.map('serviceAccount') ?? {}, `${at}.serviceAccount`, 'lenient');
  const email = `${account.string('name') ?? ''}@${account.string('projectId') ?? ''}.iam.gserviceaccount.com`;
  const namespace = service.string('namespace') ?? '';
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      annotations: { 'iam.gke.io/gcp-service-account': email },
      name: service.string('name') ?? '',
      ...(namespace === '' ? {} : { namespace }),
    },
  };
}
