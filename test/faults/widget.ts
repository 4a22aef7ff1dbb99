import type { Condition, KubeObject, Resource, Unstructured } from '@gotk/apimachinery';

/** What the faults act on: a widget stands for `parts` ConfigMaps that each hold its `content`. */
export interface Widget extends KubeObject {
  readonly spec: { readonly content: string; readonly parts: number; readonly suspend?: boolean };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const GROUP = 'faults.example.dev';
export const FIELD_MANAGER = 'widget-controller';
/** The widget's name: what a change of a ConfigMap is attributed by. */
export const WIDGET_LABEL = `${GROUP}/widget`;
/** The widget's uid: a widget that was made anew under the same name is another one, and its parts are not the old one's to delete. */
export const UID_LABEL = `${GROUP}/widget-uid`;

export const widgets: Resource<Widget> = { group: GROUP, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
export const configMaps: Resource<ConfigMap> = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** The ConfigMaps that the widget stands for. */
export function partsOf({ metadata, spec }: Widget): readonly ConfigMap[] {
  const { name, namespace = '', uid = '' } = metadata;
  return Array.from({ length: spec.parts }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-${index}`, namespace, labels: { [WIDGET_LABEL]: name, [UID_LABEL]: uid } },
    data: { content: spec.content },
  }));
}

/** The live object holds everything that the part asks for. */
export function holds(live: ConfigMap | undefined, part: ConfigMap): boolean {
  const { labels = {} } = live?.metadata ?? {};
  return (
    live?.metadata.deletionTimestamp === undefined &&
    live?.data?.content === part.data?.content &&
    Object.entries(part.metadata.labels ?? {}).every(([name, value]) => labels[name] === value)
  );
}

/** The widget says that it is Ready, and says it of the spec that it has now. */
export function isReady({ metadata, status }: Widget): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && status?.observedGeneration === metadata.generation && ready.observedGeneration === metadata.generation;
}

export function widgetDefinition(): Unstructured {
  const spec = {
    type: 'object',
    required: ['content', 'parts'],
    properties: { content: { type: 'string' }, parts: { type: 'integer', minimum: 0 }, suspend: { type: 'boolean' } },
  };
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}
