import { describe, expect, test } from 'vitest';
import { type BuildResource, type Json, type JsonMap, newResource } from '../resource/resource.ts';
import { addProvenance, KUSTOMIZE_VERSION } from './add-provenance.ts';

const ORIGIN = 'config.kubernetes.io/origin';
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations';
const resource = (metadata: JsonMap = {}): BuildResource => ({
  ...newResource({ apiVersion: 'v1', kind: 'Toy', metadata: { name: 'a', ...metadata } }, 'a.yaml'),
  origin: { path: 'a.yaml' },
  transformations: [{ configuredIn: 'k.yaml' }],
});
function told(of: BuildResource, asked: readonly string[], managedByLabel = false): Json | undefined {
  addProvenance([of], { asked, managedByLabel });
  return of.object.metadata;
}

test.each<[string, JsonMap]>([
  ['originAnnotations', { annotations: { [ORIGIN]: 'path: a.yaml\n' } }],
  ['transformerAnnotations', { annotations: { [TRANSFORMATIONS]: '- configuredIn: k.yaml\n' } }],
  ['managedByLabel', { labels: { 'app.kubernetes.io/managed-by': `kustomize-${KUSTOMIZE_VERSION}` } }],
])('%s says so on the object, beside what is there', (asked, metadata) => {
  expect(told(resource(), [asked])).toEqual({ name: 'a', ...metadata });
  const field = Object.keys(metadata)[0] ?? '';
  expect(told(resource({ [field]: { x: 'y' } }), [asked])).toEqual({ name: 'a', [field]: { x: 'y', ...(metadata[field] as JsonMap) } });
});

test('the label may also be asked for from without', () => {
  expect(told(resource(), [], true)).toMatchObject({ labels: { 'app.kubernetes.io/managed-by': 'kustomize-v5.8.2' } });
});

describe('what nobody asked for', () => {
  test('is not said, and taken away where it was', () => {
    expect(told(resource(), [])).toEqual({ name: 'a' });
    expect(told(resource({ annotations: { [ORIGIN]: 'x', [TRANSFORMATIONS]: 'y' } }), [])).toEqual({ name: 'a' });
    expect(told(resource({ annotations: { [ORIGIN]: 'x', z: '1' } }), ['transformerAnnotations'])).toEqual({
      name: 'a',
      annotations: { z: '1', [TRANSFORMATIONS]: '- configuredIn: k.yaml\n' },
    });
  });

  test('leaves everything else as it is', () => {
    const metadata = { labels: {}, annotations: null };
    expect(told(resource(metadata), [])).toEqual({ name: 'a', ...metadata });
  });
});

test('what nobody knows is not said', () => {
  const unknown = { ...resource(), origin: undefined, transformations: [] };
  expect(told(unknown, ['originAnnotations', 'transformerAnnotations'])).toEqual({ name: 'a' });
});
