import { expect, test } from 'vitest';
import { renderCrd } from './custom-resource.ts';
import { definitions } from './definitions.ts';

test('kubectl finds the kinds by the names that it knows, and prints what it did, in that order', () => {
  const shown = definitions.map((definition) => {
    const { names, versions } = renderCrd(definition).spec;
    return [names.kind, names.shortNames.join(), versions[0]?.additionalPrinterColumns.map(({ name }) => name).join()];
  });
  expect(Object.fromEntries(shown.map(([kind, ...rest]) => [kind, rest]))).toEqual({
    Bucket: ['', 'Endpoint,Age,Ready,Status'],
    ExternalArtifact: ['ea', 'Age,Ready,Status,Source'],
    GitRepository: ['gitrepo', 'URL,Age,Ready,Status'],
    HelmChart: ['hc', 'Chart,Version,Source Kind,Source Name,Age,Ready,Status'],
    HelmRepository: ['helmrepo', 'URL,Age,Ready,Status'],
    Kustomization: ['ks', 'Age,Ready,Status'],
    OCIRepository: ['ocirepo', 'URL,Ready,Status,Age'],
  });
});
