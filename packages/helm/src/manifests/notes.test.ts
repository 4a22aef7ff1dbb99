import { expect, test } from 'vitest';
import { splitNotes } from './notes.ts';

const files = new Map([
  ['app/templates/NOTES.txt', 'of the app'],
  ['app/templates/a.yaml', 'kind: A\n'],
  ['app/charts/sub/templates/NOTES.txt', 'of the sub'],
  ['app/charts/empty/templates/NOTES.txt', ''],
  ['app/templates/deep/NOTES.txt', 'deep'],
]);

test('the notes of a chart are its own', () => {
  const { notes, files: others } = splitNotes(files, { chart: 'app', withSubcharts: false });
  expect(notes).toBe('of the app');
  expect([...others.keys()]).toEqual(['app/templates/a.yaml']);
});

test('the notes of the charts in it come with them when they are asked for', () => {
  expect(splitNotes(files, { chart: 'app', withSubcharts: true }).notes).toBe('of the sub\nof the app\ndeep');
});

test('a chart without notes has none', () => {
  expect(splitNotes(new Map([['app/templates/a.yaml', 'NOTES.txt']]), { chart: 'app', withSubcharts: false })).toMatchObject({ notes: '' });
});
