import { expect, test } from 'vitest';
import { readBuildLine, renderProgress } from './build-progress.ts';

test('says what is going on and for how long', () => {
  expect(renderProgress({ modules: 0, packages: 0, total: undefined, elapsedMs: 900 })).toMatch(/: reading the module, 0s$/);
  expect(renderProgress({ modules: 12, packages: 0, total: undefined, elapsedMs: 9_000 })).toMatch(/: 12 modules downloaded, 9s$/);
  expect(renderProgress({ modules: 12, packages: 132, total: 1534, elapsedMs: 80_000 })).toBe(
    'building the control plane (once, about 5-10 minutes on 2 cores): 132 of 1534 packages compiled, 1m20s',
  );
});

test.each([
  ['go: downloading k8s.io/kubernetes v1.35.4', 'module'],
  ['internal/abi', 'package'],
  ['k8s.io/kubernetes/pkg/apis/core', 'package'],
  ['control-plane', 'package'],
  ['# control-plane', 'other'],
  ['./main.go:12:2: undefined: nothing', 'other'],
  ['go: error loading module', 'other'],
])('%s is a line about a %s', (line, what) => {
  expect(readBuildLine(line)).toBe(what);
});
