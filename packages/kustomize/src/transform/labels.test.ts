import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import type { LabelRule } from '../kustomization/rules.ts';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { addLabels, setEntries, setMetadata } from './labels.ts';

const of = (apiVersion: string, kind: string, spec?: JsonMap): JsonMap => ({
  apiVersion,
  kind,
  metadata: { name: 'a' },
  ...(spec === undefined ? {} : { spec }),
});
const resource = (object: JsonMap): BuildResource => newResource(structuredClone(object), 'a.yaml');
const rule = (include: Partial<LabelRule> = {}): LabelRule => ({
  pairs: { k: 'v' },
  includeSelectors: false,
  includeTemplates: false,
  includeVolumeClaimTemplates: false,
  fields: [],
  ...include,
});

function labelled(object: JsonMap, include?: Partial<LabelRule>): JsonMap {
  const one = resource(object);
  addLabels([one], rule(include));
  return one.object;
}

const L = { k: 'v' };

test('on the object alone, unless more is asked for', () => {
  const deployment = of('apps/v1', 'Deployment', { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } });
  expect(labelled(deployment)).toEqual({ ...deployment, metadata: { name: 'a', labels: L } });
});

test('over labels of the same name, beside others', () => {
  const object = { ...of('v1', 'ConfigMap'), metadata: { name: 'a', labels: { k: 'old', other: 'kept' } } };
  expect(labelled(object).metadata).toEqual({ name: 'a', labels: { k: 'v', other: 'kept' } });
  expect(labelled({ ...object, metadata: { name: 'a', labels: null } }).metadata).toEqual({ name: 'a', labels: L });
});

describe('pod templates', () => {
  test.each<[string, string]>([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'StatefulSet'],
    ['batch/v1', 'Job'],
    ['v1', 'ReplicationController'],
  ])('of a %s %s are made where they are missing; selectors are left', (apiVersion, kind) => {
    expect(labelled(of(apiVersion, kind), { includeTemplates: true }).spec).toEqual({ template: { metadata: { labels: L } } });
  });

  test('of a CronJob: that of the job as well', () => {
    expect(labelled(of('batch/v1', 'CronJob'), { includeTemplates: true }).spec).toEqual({
      jobTemplate: { metadata: { labels: L }, spec: { template: { metadata: { labels: L } } } },
    });
  });

  test('of custom resources are not known', () => {
    expect(labelled(of('example.com/v1', 'Rollout', {}), { includeTemplates: true, includeSelectors: true }).spec).toEqual({});
  });
});

describe('selectors', () => {
  test.each<[string, string, JsonMap]>([
    ['v1', 'Service', { selector: L }],
    ['v1', 'ReplicationController', { selector: L, template: { metadata: { labels: L } } }],
    ['apps/v1', 'Deployment', { selector: { matchLabels: L }, template: { metadata: { labels: L } } }],
    ['apps/v1', 'DaemonSet', { selector: { matchLabels: L }, template: { metadata: { labels: L } } }],
    ['batch/v1', 'Job', { template: { metadata: { labels: L } } }],
    ['policy/v1', 'PodDisruptionBudget', {}],
    ['networking.k8s.io/v1', 'NetworkPolicy', {}],
  ])('of a %s %s, made only where objects cannot do without', (apiVersion, kind, expected) => {
    expect(labelled(of(apiVersion, kind, {}), { includeSelectors: true }).spec).toEqual(expected);
  });

  test('of policies, where they are', () => {
    const policy = of('networking.k8s.io/v1', 'NetworkPolicy', {
      podSelector: { matchLabels: { a: 'b' } },
      ingress: [{ from: [{ podSelector: { matchLabels: {} } }, { namespaceSelector: { matchLabels: {} } }] }],
      egress: [{ to: [{ podSelector: { matchLabels: null } }, { podSelector: {} }] }],
    });
    expect(labelled(policy, { includeSelectors: true }).spec).toEqual({
      podSelector: { matchLabels: { a: 'b', k: 'v' } },
      ingress: [{ from: [{ podSelector: { matchLabels: L } }, { namespaceSelector: { matchLabels: {} } }] }],
      // What is null stays so, where nothing is to be made.
      egress: [{ to: [{ podSelector: { matchLabels: null } }, { podSelector: {} }] }],
    });
  });

  test('of affinities and spread constraints', () => {
    const selector = (labels: JsonMap) => ({ labelSelector: { matchLabels: labels } });
    const pod = (labels: JsonMap): JsonMap => ({
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [selector(labels)] },
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: selector(labels) }] },
      },
      topologySpreadConstraints: [selector(labels)],
    });
    const labelledSpec = labelled(of('apps/v1', 'Deployment', { template: { spec: pod({}) } }), { includeSelectors: true }).spec;
    expect(labelledSpec).toMatchObject({ template: { spec: pod(L) } });
  });
});

test('claim templates get labels when asked for, or with selectors', () => {
  const set = of('apps/v1', 'StatefulSet', { volumeClaimTemplates: [{ metadata: { name: 'data' } }, {}] });
  const expected = [{ metadata: { name: 'data', labels: L } }, { metadata: { labels: L } }];
  expect(labelled(set, { includeVolumeClaimTemplates: true }).spec).toEqual({ volumeClaimTemplates: expected });
  expect(labelled(set, { includeSelectors: true }).spec).toMatchObject({ volumeClaimTemplates: expected });
  expect(labelled(set, { includeTemplates: true }).spec).toMatchObject({ volumeClaimTemplates: [{ metadata: { name: 'data' } }, {}] });
  expect(labelled(of('apps/v1', 'StatefulSet', {}), { includeVolumeClaimTemplates: true }).spec).toEqual({});
});

test('no labels change nothing, not even an empty map', () => {
  expect(labelled(of('apps/v1', 'Deployment'), { pairs: {}, includeSelectors: true })).toEqual(of('apps/v1', 'Deployment'));
});

test('annotations go to pod templates, not to claims or services', () => {
  const objects = [of('apps/v1', 'StatefulSet', { volumeClaimTemplates: [{}] }), of('v1', 'Service', {}), of('batch/v1', 'CronJob')].map(
    resource,
  );
  setEntries(objects, L, DEFAULT_CONFIG.commonAnnotations);
  expect(objects.map(({ object }) => object)).toEqual([
    {
      ...of('apps/v1', 'StatefulSet', { volumeClaimTemplates: [{}], template: { metadata: { annotations: L } } }),
      metadata: { name: 'a', annotations: L },
    },
    { ...of('v1', 'Service', {}), metadata: { name: 'a', annotations: L } },
    {
      ...of('batch/v1', 'CronJob', { jobTemplate: { metadata: { annotations: L }, spec: { template: { metadata: { annotations: L } } } } }),
      metadata: { name: 'a', annotations: L },
    },
  ]);
});

test('two objects that get the same labels do not share them', () => {
  const [one, two] = [resource(of('v1', 'ConfigMap')), resource(of('v1', 'Secret'))];
  addLabels([one, two], rule());
  Object.assign((one.object.metadata as { labels: JsonMap }).labels, { changed: 'yes' });
  expect(two.object.metadata).toEqual({ name: 'a', labels: L });
});

test('common metadata replace what is there and leave templates alone', () => {
  const one = resource(of('apps/v1', 'Deployment', { template: {} }));
  setMetadata([one.object], { labels: L, annotations: {} });
  expect(one.object).toEqual({ ...of('apps/v1', 'Deployment', { template: {} }), metadata: { name: 'a', labels: L } });
});
