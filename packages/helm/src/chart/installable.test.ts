import { expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import type { Chart } from './chart.ts';
import { checkApiVersion, checkInstallable } from './installable.ts';
import type { Metadata } from './metadata.ts';

const chart = (metadata: Partial<Metadata> = {}, dependencies: readonly Chart[] = []): Chart => ({
  metadata: { apiVersion: 'v2', name: 'app', version: '1.0.0', ...metadata },
  values: {},
  templates: [],
  files: [],
  dependencies,
});

test('an application with all that it asks for can be installed', () => {
  const db = chart({ name: 'db' });
  expect(() => checkInstallable(chart({ dependencies: [{ name: 'db', repository: '' }] }, [db]))).not.toThrow();
});

test.each<[string, Chart, string]>([
  ['a library', chart({ type: 'library' }), 'library charts are not installable'],
  ['a chart that lacks others', chart({ dependencies: [{ name: 'db', repository: '' }] }), 'but missing in charts/ directory: db'],
])('%s cannot', (_, it, message) => {
  expect(() => checkInstallable(it)).toThrow(HelmError);
  expect(() => checkInstallable(it)).toThrow(message);
});

test.each([
  ['v1', undefined],
  ['v2', undefined],
  ['v3', 'invalid chart apiVersion'],
  ['v4', 'unsupported chart version'],
])('of charts of %s, %s is said', (apiVersion, message) => {
  const check = () => checkApiVersion({ apiVersion, name: 'app', version: '1.0.0' });
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(new HelmError('invalid-chart', message));
});
