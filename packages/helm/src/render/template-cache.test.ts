import { expect, test } from 'vitest';
import { filesOfDirectory, loadChart } from '../index.ts';
import { renderChart } from './index.ts';
import { createTemplateCache, type ParsedTemplates } from './template-cache.ts';

const release = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false };

function render(template: string, parsed: ParsedTemplates, values = {}): string | undefined {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    'templates/_h.tpl': '{{ define "x" }}({{ .Values.a }}){{ end }}',
    'templates/a.yaml': template,
  };
  const chart = loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))), {
    unpack: () => [],
  });
  return renderChart(chart, values, { release, parsed }).get('app/templates/a.yaml');
}

test('a chart that is rendered again is not parsed again', () => {
  const parsed = createTemplateCache().of('digest');
  expect(render('a{{ include "x" . }}', parsed, { a: 1 })).toBe('a(1)');
  const kept = [...parsed.values()].map((each) => each.parsed);
  expect(kept).toHaveLength(2);
  expect(render('a{{ include "x" . }}', parsed, { a: 2 })).toBe('a(2)');
  expect([...parsed.values()].map((each) => each.parsed)).toEqual(kept);
  expect([...parsed.values()].every(({ parsed: again }, index) => again === kept[index])).toBe(true);
});

test('a template that has changed under the same digest is parsed anew', () => {
  const parsed = createTemplateCache().of('digest');
  expect(render('a', parsed)).toBe('a');
  expect(render('b', parsed)).toBe('b');
  expect(() => render('{{ if }}', parsed)).toThrow('parse error at (app/templates/a.yaml:1): missing value for if');
  expect(render('b', parsed)).toBe('b');
});

test('the charts that were rendered last are kept, and no more', () => {
  const cache = createTemplateCache(2);
  const first = cache.of('a');
  render('a', first);
  cache.of('b');
  expect(cache.of('a')).toBe(first);
  cache.of('c');
  expect(cache.of('a')).toBe(first);
  expect(cache.of('b').size).toBe(0);
  cache.of('c');
  expect(cache.of('a').size).toBe(0);
});
