import { describe, expect, test } from 'vitest';
import { ENDLESS } from '../../test/render/endless-templates.ts';
import { type Chart, filesOfDirectory, HelmError, loadChart } from '../index.ts';
import { type RenderReply, renderInWorker } from '../worker/render-in-worker.ts';
import { renderChart } from './index.ts';

const RELEASE = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false };

const chartOf = (templates: Readonly<Record<string, string>>): Chart => {
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n', 'files/a.txt': 'a'.repeat(1_000), ...templates };
  return loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))), {
    unpack: () => [],
  });
};

/** Far less than what is allowed, so that the limits are met soon. */
const LIMITS = { maxSteps: 200_000, maxLength: 2 * 1024 * 1024 };

const render = (template: string, values: Readonly<Record<string, unknown>> = {}): string | undefined =>
  renderChart(chartOf({ 'templates/a.yaml': template }), values, { release: RELEASE, limits: LIMITS }).get('app/templates/a.yaml');

const inThread = (template: string, deadlineMs = 60_000): Promise<RenderReply> =>
  renderInWorker(
    { chart: chartOf({ 'templates/a.yaml': template }), values: {}, options: { release: RELEASE } },
    { deadlineMs, maxHeapMiB: 512 },
  );

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('row 20: a chart that has no end is an error of its release', () => {
  test.each(ENDLESS)('%s', (_, template) => {
    const failure = thrownBy(() => render(template, { t: '{{ tpl .Values.t . }}', r: '{{ include "r" . }}' }));
    expect(failure).toBeInstanceOf(HelmError);
    expect(failure).toMatchObject({ kind: expect.stringMatching(/^(?:too-large|invalid-template)$/) });
    expect(String(failure).length).toBeLessThan(2 * 1024 * 1024);
  });

  test.each([
    ['{{ regexMatch "^(a+)+$" (print (repeat 50000 "a") "!") }}', 'false'],
    ['{{ regexReplaceAll "(a|a)*b" (repeat 50000 "a") "x" | len }}', '50000'],
    ['{{ regexFindAll "(.*)(.*)(.*)x" (repeat 5000 "a") -1 | len }}', '0'],
    ['{{ len (.Files.Glob "**a**a**a**a**a**a**a**a**a**a**a**a**b") }}', '0'],
  ])('what would be slow elsewhere is done at once: %s', async (template, printed) => {
    const chart = chartOf({ 'templates/a.yaml': template, [`${'a'.repeat(100)}/${'a'.repeat(100)}`]: '' });
    expect(renderChart(chart, {}, { release: RELEASE }).get('app/templates/a.yaml')).toBe(printed);
  });

  test('templates may include each other a thousand times, whatever is around it', async () => {
    const around =
      '{{ define "r" }}{{ if gt (int .n) 0 }}{{ range list . }}{{ with . }}{{ include "r" (dict "n" (sub (int .n) 1)) | trim | nindent 1 }}{{ end }}{{ end }}{{ end }}{{ end }}';
    expect(await inThread(`${around}a: {{ include "r" (dict "n" 999) | quote }}\n`)).toMatchObject({ ok: true });
  });

  test('and what would go on within all limits ends with its thread', async () => {
    expect(await inThread('{{ range 9000000 }}{{ end }}', 5)).toEqual({
      ok: false,
      reason: 'deadline',
      message: 'the rendering took longer than 5 ms',
    });
  });
});

describe('CVE-2023-25165, row 20: a template', () => {
  test('that looks a name up finds nothing, and nobody hears of it', () => {
    expect(render('{{ getHostByName "secret.example.com" | quote }}')).toBe('""');
  });

  test.each(['env', 'expandenv'])('that asks for the environment has no such function: %s', (name) => {
    const message = `parse error at (app/templates/a.yaml:1): function "${name}" not defined`;
    expect(() => render(`{{ ${name} "HOME" }}`)).toThrow(new HelmError('invalid-template', message));
  });

  test('that asks the cluster gets what it is given, and nothing without', () => {
    const chart = chartOf({ 'templates/a.yaml': '{{ (lookup "v1" "Secret" "ns" "a").data }}' });
    const asked: unknown[] = [];
    const lookup = (request: unknown) => {
      asked.push(request);
      return { data: { a: 'b' } };
    };
    expect(renderChart(chart, {}, { release: RELEASE, lookup }).get('app/templates/a.yaml')).toBe('map[a:b]');
    expect(asked).toEqual([{ apiVersion: 'v1', kind: 'Secret', namespace: 'ns', name: 'a' }]);
    expect(renderChart(chart, {}, { release: RELEASE }).get('app/templates/a.yaml')).toBe('');
  });
});

test('CVE-2022-36049, row 20: names of prototypes are names', () => {
  const template =
    '{{ .Values.__proto__ }}|{{ .constructor }}|{{ index .Values "toString" }}|{{ set .Values "__proto__" (dict "x" 1) | len }}|{{ (fromYaml "__proto__: {x: 1}").x }}{{ (fromJson `{"__proto__": {"x": 1}}`).x }}{{ (fromToml "[__proto__]\\nx = 1").x }}{{ toYaml (dict "__proto__" 1) }}';
  const chart = chartOf({ 'templates/a.yaml': template });
  expect(renderChart(chart, {}, { release: RELEASE }).get('app/templates/a.yaml')).toBe('|||1|__proto__: 1');
  expect(({} as { x?: number }).x).toBeUndefined();
});
