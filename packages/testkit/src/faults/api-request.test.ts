import { describe, expect, test } from 'vitest';
import { parseApiRequest } from './api-request.ts';

const told = (method: string, target: string, contentType?: string) => {
  const { verb, resource, namespace, name } = parseApiRequest(
    method,
    target,
    contentType === undefined ? {} : { 'content-type': contentType },
  );
  return [verb, resource, namespace, name];
};

describe('a request is read as the API server reads it', () => {
  test.each([
    ['GET', '/api/v1/namespaces/a/configmaps/b', ['get', 'configmaps', 'a', 'b']],
    ['GET', '/api/v1/namespaces/a/configmaps?limit=5', ['list', 'configmaps', 'a', '']],
    ['GET', '/api/v1/configmaps', ['list', 'configmaps', '', '']],
    ['GET', '/apis/apps/v1/deployments?watch=true&resourceVersion=7', ['watch', 'deployments', '', '']],
    ['POST', '/apis/apps/v1/namespaces/a/deployments', ['create', 'deployments', 'a', '']],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/a/leases/b', ['update', 'leases', 'a', 'b']],
    ['PATCH', '/apis/x.dev/v1/namespaces/a/widgets/b/status', ['patch', 'widgets/status', 'a', 'b']],
    ['DELETE', '/api/v1/namespaces/a/configmaps', ['deletecollection', 'configmaps', 'a', '']],
    ['DELETE', '/api/v1/namespaces/a', ['delete', 'namespaces', '', 'a']],
    ['PUT', '/api/v1/namespaces/a/finalize', ['update', 'namespaces/finalize', '', 'a']],
    ['GET', '/apis/apps/v1', ['get', '', '', '']],
    ['GET', '/readyz', ['get', '', '', '']],
  ])('%s %s', (method, target, expected) => {
    expect(told(method, target)).toEqual(expected);
  });

  test('a patch with the content type of server-side apply is an apply', () => {
    expect(told('PATCH', '/api/v1/namespaces/a/configmaps/b?force=true', 'application/apply-patch+yaml')[0]).toBe('apply');
    expect(told('PATCH', '/api/v1/namespaces/a/configmaps/b', 'application/merge-patch+json')[0]).toBe('patch');
  });
});
