import { expect, test } from 'vitest';
import { leaseRequests, parseRequestCounts, requestsBetween, workRequests } from './request-count.ts';

const metrics = (applied: number) => `# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="apps",resource="deployments",scope="resource",subresource="",verb="APPLY",version="v1"} ${applied}
apiserver_request_total{code="201",component="apiserver",dry_run="",group="apps",resource="deployments",scope="resource",subresource="",verb="APPLY",version="v1"} 2
apiserver_request_total{code="200",component="apiserver",dry_run="All",group="apps",resource="deployments",scope="resource",subresource="",verb="APPLY",version="v1"} 3
apiserver_request_total{code="200",component="apiserver",dry_run="",group="kustomize.toolkit.fluxcd.io",resource="kustomizations",scope="resource",subresource="status",verb="PATCH",version="v1"} 4
apiserver_request_total{code="200",component="apiserver",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 9
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="endpoints",scope="resource",subresource="",verb="PUT",version="v1"} 50
`;

test('requests are added up over status codes and told apart by verb, resource, subresource and dry run', () => {
  expect(Object.fromEntries(parseRequestCounts(metrics(1)))).toEqual({
    'APPLY deployments': 3,
    'APPLY deployments (dry run)': 3,
    'PATCH kustomizations/status': 4,
    'PUT leases': 9,
  });
});

test('what came in between leaves out what the harness sent itself, and leases are not work', () => {
  const between = requestsBetween(parseRequestCounts(metrics(1)), parseRequestCounts(metrics(8)), new Map([['APPLY deployments', 2]]));

  expect(Object.fromEntries(between)).toEqual({ 'APPLY deployments': 5 });
  expect(workRequests(parseRequestCounts(metrics(1)))).toBe(10);
  expect(leaseRequests(parseRequestCounts(metrics(1)))).toBe(9);
});
