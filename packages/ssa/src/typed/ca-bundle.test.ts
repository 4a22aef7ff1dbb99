import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { withoutBrokenCaBundle } from './ca-bundle.ts';

const definition = (caBundle: string, kind = 'CustomResourceDefinition') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind,
  metadata: { name: 'widgets.example.com' },
  spec: { group: 'example.com', conversion: { strategy: 'Webhook', webhook: { clientConfig: { caBundle, url: 'https://it' } } } },
});
const encoded = (text: string) => Buffer.from(text).toString('base64');
const [certificate = ''] = rootCertificates;

test.each([
  ['a line break', encoded('\n')],
  ['no base64', '?'],
  ['no certificate', encoded(certificate.replace(/\n[A-Za-z0-9+/]{20}/, '\n????????????????????').replaceAll('?', 'A'))],
])('a bundle that is %s is left out', (_, bundle) => {
  expect(withoutBrokenCaBundle(definition(bundle))).toEqual({
    ...definition(''),
    spec: { group: 'example.com', conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://it' } } } },
  });
});

test.each([
  ['a bundle that is one', definition(encoded(`# of the cluster\n${certificate}`))],
  ['no bundle', definition('')],
  ['another kind', definition('Cg==', 'Widget')],
  ['a definition without conversion', { ...definition(''), spec: { group: 'example.com' } }],
])('%s stays as it is', (_, object) => {
  expect(withoutBrokenCaBundle(object)).toBe(object);
});
