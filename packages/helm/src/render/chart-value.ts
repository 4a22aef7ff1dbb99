import { type GoMap, type GoValue, mapOf, STRING, Typed } from '@gotk/gotemplate';
import type { Chart } from '../chart/chart.ts';
import type { Dependency, Maintainer } from '../chart/metadata.ts';
import { templateValue } from './template-value.ts';

const ANNOTATIONS = mapOf(STRING, STRING);

/** `.Chart`: the fields of the Chart.yaml by the names that they have in Go, all of them. */
export function chartValue({ metadata }: Chart, isRoot: boolean): GoMap {
  const { annotations } = metadata;
  return new Map<string, GoValue>([
    ['Name', metadata.name],
    ['Home', metadata.home ?? ''],
    ['Sources', metadata.sources ?? []],
    ['Version', metadata.version],
    ['Description', metadata.description ?? ''],
    ['Keywords', metadata.keywords ?? []],
    ['Maintainers', (metadata.maintainers ?? []).map(maintainerValue)],
    ['Icon', metadata.icon ?? ''],
    ['APIVersion', metadata.apiVersion],
    ['Condition', metadata.condition ?? ''],
    ['Tags', metadata.tags ?? ''],
    ['AppVersion', metadata.appVersion ?? ''],
    ['Deprecated', metadata.deprecated ?? false],
    ['Annotations', new Typed(ANNOTATIONS, annotations === undefined ? null : new Map(Object.entries(annotations)))],
    ['KubeVersion', metadata.kubeVersion ?? ''],
    ['Dependencies', (metadata.dependencies ?? []).map(dependencyValue)],
    ['Type', metadata.type ?? ''],
    ['IsRoot', isRoot],
  ]);
}

const maintainerValue = ({ name = '', email = '', url = '' }: Maintainer): GoMap =>
  new Map([
    ['Name', name],
    ['Email', email],
    ['URL', url],
  ]);

const dependencyValue = (dependency: Dependency): GoMap =>
  new Map<string, GoValue>([
    ['Name', dependency.name],
    ['Version', dependency.version ?? ''],
    ['Repository', dependency.repository],
    ['Condition', dependency.condition ?? ''],
    ['Tags', dependency.tags ?? []],
    ['Enabled', dependency.enabled ?? false],
    ['ImportValues', (dependency['import-values'] ?? []).map((imported) => templateValue(imported))],
    ['Alias', dependency.alias ?? ''],
  ]);
