import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crdFile, referenceFile } from '../scripts/render.ts';
import { definitions } from './definitions.ts';

test.each(definitions.flatMap((definition) => [crdFile(definition), referenceFile(definition)]))(
  '$path is what the schema says',
  ({ path, text }) => {
    expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(text);
  },
);
