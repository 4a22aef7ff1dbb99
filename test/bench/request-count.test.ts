import { expect, test } from 'vitest';
import { countRequests, leaseRequests, requestsBetween, workRequests } from './request-count.ts';

const event = (verb: string, requestURI: string, objectRef?: Readonly<Record<string, string>>) =>
  JSON.stringify({ stage: 'ResponseComplete', verb, requestURI, objectRef });

const log = [
  event('patch', '/apis/apps/v1/namespaces/a/deployments/b?fieldManager=x&force=true', { resource: 'deployments' }),
  event('patch', '/apis/apps/v1/namespaces/a/deployments/b?fieldManager=x&force=true&dryRun=All', { resource: 'deployments' }),
  event('patch', '/apis/k/v1/namespaces/a/kustomizations/b/status', { resource: 'kustomizations', subresource: 'status' }),
  event('update', '/apis/coordination.k8s.io/v1/namespaces/a/leases/b', { resource: 'leases' }),
  event('watch', '/api/v1/configmaps?watch=true', { resource: 'configmaps' }).replace('ResponseComplete', 'ResponseStarted'),
  event('watch', '/api/v1/configmaps?watch=true', { resource: 'configmaps' }),
  event('get', '/apis/apps/v1'),
];

test('requests are told apart by verb, resource, subresource and dry run; a watch counts when it is opened', () => {
  expect(Object.fromEntries(countRequests(log.join('\n')))).toEqual({
    'APPLY deployments': 1,
    'APPLY deployments (dry run)': 1,
    'PATCH kustomizations/status': 1,
    'UPDATE leases': 1,
    'WATCH configmaps': 1,
    'GET discovery': 1,
  });
});

test('between two readings only what is new counts, and leases are not work', () => {
  const between = requestsBetween(countRequests(log.slice(0, 1).join('\n')), countRequests([...log, log[0]].join('\n')));
  expect(between.get('APPLY deployments')).toBe(1);
  expect(workRequests(between)).toBe(5);
  expect(leaseRequests(between)).toBe(1);
});
