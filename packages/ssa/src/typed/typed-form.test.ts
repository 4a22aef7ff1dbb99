import type { Unstructured } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { typedForm } from './typed-form.ts';

const object = (apiVersion: string, kind: string, rest: object): Unstructured => ({ apiVersion, kind, metadata: { name: 'it' }, ...rest });

test('structs that nobody has set are written, as every client with types writes them', () => {
  const container = { name: 'app', image: 'app:1' };
  const job = object('batch/v1', 'Job', { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } });
  expect(typedForm(job)).toEqual({
    ...job,
    spec: { template: { metadata: {}, spec: { restartPolicy: 'Never', containers: [{ ...container, resources: {} }] } } },
  });
  expect(typedForm(object('v1', 'Namespace', {}))).toMatchObject({ spec: {} });
});

test('what is zero and may be left out is left out; what is set, to zero or not, stays', () => {
  const deployment = object('apps/v1', 'Deployment', {
    metadata: { name: 'it', annotations: {}, creationTimestamp: null },
    spec: { replicas: 0, paused: false, minReadySeconds: 0, selector: { matchLabels: {} }, template: { spec: { securityContext: {} } } },
  });
  expect(typedForm(deployment)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'it' },
    spec: {
      replicas: 0,
      selector: {},
      strategy: {},
      template: { metadata: {}, spec: { securityContext: {}, containers: null } },
    },
  });
});

test('a port has a protocol, and a target', () => {
  const service = object('v1', 'Service', { spec: { ports: [{ port: 80 }, { port: 53, targetPort: 'dns', protocol: 'UDP' }] } });
  expect(typedForm(service).spec).toEqual({
    ports: [
      { port: 80, targetPort: 0, protocol: 'TCP' },
      { port: 53, targetPort: 'dns', protocol: 'UDP' },
    ],
  });
  const cron = object('batch/v1', 'CronJob', {
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 1 }] }] } } } } },
  });
  expect(typedForm(cron).spec).toMatchObject({
    jobTemplate: { spec: { template: { spec: { containers: [{ ports: [{ containerPort: 1, protocol: 'TCP' }] }] } } } },
  });
});

test('the text of a Secret is its data', () => {
  const secret = object('v1', 'Secret', { data: { a: 'YQ==', b: 'eA==' }, stringData: { b: 'b' } });
  expect(typedForm(secret)).toEqual(object('v1', 'Secret', { data: { a: 'YQ==', b: 'Yg==' } }));
});

test('fields that a kind does not have stay, for the server to refuse', () => {
  expect(typedForm(object('v1', 'ConfigMap', { dta: { a: '1' } }))).toEqual(object('v1', 'ConfigMap', { dta: { a: '1' } }));
});

test.each([
  ['of another kind', object('example.com/v1', 'Deployment', { spec: { paused: false } })],
  ['that breaks its type', object('apps/v1', 'Deployment', { spec: { paused: false, template: 'none' } })],
  ['with rules, which must not become null', object('rbac.authorization.k8s.io/v1', 'ClusterRole', { aggregationRule: {} })],
])('an object %s is left as it is', (_, it) => {
  expect(typedForm(it)).toBe(it);
});
