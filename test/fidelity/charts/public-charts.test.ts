import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readUserValues } from '@gotk/helm';
import { expect, test } from 'vitest';
import { PUBLIC_CHARTS } from './charts-on-disk.ts';
import { CHART_REPOSITORIES } from './public-charts.ts';
import { placeOf } from './stage.ts';
import { valueSetsOf } from './value-sets.ts';

test('each chart has its own values and two sets of ours, with other names and none empty', () => {
  for (const { name } of PUBLIC_CHARTS) {
    const sets = valueSetsOf(name);
    expect(new Set(sets.map((set) => set.name)).size, name).toBe(3);
    for (const { name: set, yaml } of sets.slice(1))
      expect(Object.keys(readUserValues(new TextEncoder().encode(yaml), `${name}: ${set}`)), set).not.toEqual([]);
  }
});

test('there are no values for charts that are not there', () => {
  const charts = PUBLIC_CHARTS.map(({ name }) => name);
  const files = readdirSync(join(import.meta.dirname, 'values')).map((file) => basename(file, '.yaml'));
  expect(files.filter((file) => !charts.includes(file))).toEqual([]);
});

test('each repository is there once, at a commit, and what it depends on is in the list', () => {
  expect(new Set(CHART_REPOSITORIES.map(({ repository }) => repository)).size).toBe(CHART_REPOSITORIES.length);
  for (const repository of CHART_REPOSITORIES) {
    expect(repository.commit, repository.repository).toMatch(/^[0-9a-f]{40}$/);
    for (const text of Object.values(repository.subcharts ?? {})) expect(() => placeOf(text, repository)).not.toThrow();
  }
});
