import { expect, test } from 'vitest';
import { unfitNode } from './node-version.ts';

test.each(['22.22.0', '22.30.1', '24.13.0', '25.0.0', '26.1.0', process.versions.node])('Node.js %s will do', (version) => {
  expect(unfitNode(version)).toBeUndefined();
});

test.each(['18.20.0', '20.20.2', '22.21.9', '23.11.0', '24.12.9'])('Node.js %s will not', (version) => {
  expect(unfitNode(version)).toBe(`needs Node.js 22.22 or 24.13, or later; this is ${version}`);
});
