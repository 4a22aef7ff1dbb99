const reading = (resource: string) => ['get', 'list', 'watch'].map((verb) => `${verb} ${resource}`);

const REPOSITORIES = 'gitrepositories.source.toolkit.fluxcd.io';
const SOURCES = ['buckets', 'gitrepositories', 'helmcharts', 'helmrepositories', 'ocirepositories'].map(
  (plural) => `${plural}.source.toolkit.fluxcd.io`,
);
const KUSTOMIZATIONS = 'kustomizations.kustomize.toolkit.fluxcd.io';
// A repeated event is the same one with a higher count.
const EVENTS = ['create events', 'patch events'];
const LEADING = ['get', 'create', 'update'].map((verb) => `${verb} leases.coordination.k8s.io`);

/** What the controllers ask of the API server for their own work, whatever they apply; as `kubectl auth can-i` is asked. */
export const needs = {
  'source-controller': {
    everywhere: [
      ...SOURCES.flatMap((kind) => [...reading(kind), `patch ${kind}`, `patch ${kind}/status`]),
      ...reading('secrets'),
      'get serviceaccounts',
      ...EVENTS,
    ],
    ownNamespace: LEADING,
  },
  'kustomize-controller': {
    everywhere: [
      ...reading(KUSTOMIZATIONS),
      `patch ${KUSTOMIZATIONS}`,
      `patch ${KUSTOMIZATIONS}/status`,
      ...reading(REPOSITORIES),
      ...['ocirepositories', 'buckets', 'externalartifacts'].flatMap((plural) => reading(`${plural}.source.toolkit.fluxcd.io`)),
      ...reading('secrets'),
      ...reading('configmaps'),
      'get serviceaccounts',
      'get namespaces',
      ...EVENTS,
    ],
    ownNamespace: LEADING,
  },
} as const;
