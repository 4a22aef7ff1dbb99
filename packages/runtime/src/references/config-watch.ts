import type { KubeObject, Resource } from '@gotk/apimachinery';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { Controller } from '../controller/controller.ts';
import { watches } from '../controller/controller.ts';
import type { Manager } from '../manager/manager.ts';

/** A Secret or ConfigMap that an object reads. */
export interface ConfigReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  /** Absent: the object's own. */
  readonly namespace?: string;
}

export interface ConfigWatchOptions<T extends KubeObject> {
  /** Which of them are watched (`--watch-configs-label-selector`); undefined: none (gate DisableConfigWatchers). */
  readonly labelSelector: string | undefined;
  readonly kinds: readonly ConfigReference['kind'][];
  /** What an object reads. Asked of any object in the cache; what it throws counts as nothing. */
  readonly refersTo: (object: T) => readonly ConfigReference[];
}

const RESOURCES: Readonly<Record<ConfigReference['kind'], Resource<KubeObject>>> = {
  Secret: { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
  ConfigMap: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
};

const INDEX = 'config';

/**
 * Wakes objects when a Secret or ConfigMap that they read is made, changed or deleted, if it carries the watch label: a rotated password is in use at once. By
 * metadata alone: no process holds the Secrets of a cluster for it. To be spread into a controller.
 */
export function configWatch<T extends KubeObject>(
  manager: Pick<Manager, 'informer'>,
  { labelSelector, kinds, refersTo }: ConfigWatchOptions<T>,
): Pick<Controller<T>, 'indexes' | 'triggers'> {
  const idOf = (kind: string, key: { readonly namespace: string; readonly name: string }) => `${kind}/${renderKey(key)}`;
  return {
    indexes: {
      [INDEX]: (object) =>
        refersTo(object).map(({ kind, name, namespace }) => idOf(kind, { namespace: namespace ?? object.metadata.namespace ?? '', name })),
    },
    triggers:
      labelSelector === undefined
        ? []
        : kinds.map((kind) =>
            watches(manager.informer(RESOURCES[kind], { labelSelector, metadataOnly: true }), ({ object }) => [
              { index: INDEX, value: idOf(kind, keyOf(object)), priority: 'urgent' },
            ]),
          ),
  };
}
