import type { IncomingHttpHeaders } from 'node:http';

/** As the audit log calls them, and `apply` for the patch that is a server-side apply. */
export type ApiVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'deletecollection';

/** What a request asks of an API server. */
export interface ApiRequest {
  readonly verb: ApiVerb;
  /** Plural, with the subresource if there is one: `widgets`, `widgets/status`. '' for what is no resource: discovery, probes. */
  readonly resource: string;
  /** '' for all, and for cluster scope. */
  readonly namespace: string;
  /** '' for a collection. */
  readonly name: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly userAgent: string;
}

/** Reads method, path and headers as the API server's own RequestInfo resolver does; a watch is a list that asks for `watch`. */
export function parseApiRequest(
  method: string,
  target: string,
  headers: Pick<IncomingHttpHeaders, 'content-type' | 'user-agent'>,
): ApiRequest {
  const { pathname: path, search, searchParams } = new URL(target, 'http://localhost');
  const place = placeOf(path);
  const watch = ['true', '1'].includes(searchParams.get('watch') ?? '');
  const apply = headers['content-type']?.startsWith('application/apply-patch') === true;
  const verb = verbOf(method, { collection: place.resource !== '' && place.name === '', watch, apply });
  return { verb, ...place, path, query: search, userAgent: headers['user-agent'] ?? '' };
}

const MUTATING: readonly ApiVerb[] = ['create', 'update', 'patch', 'apply', 'delete', 'deletecollection'];

export const isMutating = ({ verb }: Pick<ApiRequest, 'verb'>): boolean => MUTATING.includes(verb);

function verbOf(method: string, { collection, watch, apply }: { collection: boolean; watch: boolean; apply: boolean }): ApiVerb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return apply ? 'apply' : 'patch';
    case 'DELETE':
      return collection ? 'deletecollection' : 'delete';
    default:
      if (watch) return 'watch';
      return collection ? 'list' : 'get';
  }
}

/** `/api/v1/…` and `/apis/<group>/<version>/…`, with `namespaces/<name>` before a namespaced resource. */
function placeOf(path: string): Pick<ApiRequest, 'resource' | 'namespace' | 'name'> {
  const [root, ...rest] = path.split('/').slice(1).map(decodeURIComponent);
  const parts = root === 'api' ? rest.slice(1) : root === 'apis' ? rest.slice(2) : [];
  const namespaced = parts[0] === 'namespaces' && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '');
  const [resource = '', name = '', subresource] = namespaced ? parts.slice(2) : parts;
  return {
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: namespaced ? (parts[1] ?? '') : '',
    name,
  };
}
