import { expect, test } from 'vitest';
import { type Environment, type TracingSettings, tracingSettings } from './settings.ts';

const tracee = { serviceName: 'widget-controller', version: '1.0.0' };
const read = (variables: Environment) => tracingSettings(variables, tracee);
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.dev:4318/' };

const settings = (variables: Environment): TracingSettings => {
  const { settings: found, problems } = read({ ...endpoint, ...variables });
  expect(problems).toEqual([]);
  if (found === undefined) throw new Error('traces are off');
  return found;
};

test.each<[string, Environment]>([
  ['nothing is said', {}],
  ['the exporter is none', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
  ['the SDK is disabled', { ...endpoint, OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'TRUE' }],
  ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  ['only a service is named', { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }],
])('traces are off when %s', (_what, variables) => {
  expect(read(variables)).toEqual({ settings: undefined, problems: [] });
});

test('an endpoint alone turns them on, with the defaults of the specification', () => {
  expect(settings({})).toEqual({
    exporter: 'otlp',
    url: 'https://collector.example.dev:4318/v1/traces',
    headers: {},
    timeoutMs: 10_000,
    resource: { 'service.name': 'widget-controller', 'service.version': '1.0.0' },
    sampler: { kind: 'always_on' },
    batch: { delayMs: 5_000, exportTimeoutMs: 30_000, maxQueued: 2_048, maxBatch: 512 },
  });
});

test('an exporter alone turns them on, towards this machine', () => {
  expect(read({ OTEL_TRACES_EXPORTER: 'otlp' }).settings?.url).toBe('http://localhost:4318/v1/traces');
  expect(read({ OTEL_TRACES_EXPORTER: 'console' }).settings?.exporter).toBe('console');
});

test('what is said of traces goes before what is said of everything; an endpoint of traces is taken as it is', () => {
  const found = settings({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://10.0.0.1:9/in',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20common,x-team=a',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20own',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2500',
  });
  expect(found).toMatchObject({
    url: 'http://10.0.0.1:9/in',
    headers: { authorization: 'Bearer own', 'x-team': 'a' },
    timeoutMs: 2_500,
  });
});

test('the resource is what the environment says, and the name of the service above all', () => {
  const variables = { OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=web-1, service.name=other ,note=a%2Cb%3Dc', OTEL_SERVICE_NAME: 'mine' };
  expect(settings(variables).resource).toEqual({
    'service.name': 'mine',
    'service.version': '1.0.0',
    'k8s.pod.name': 'web-1',
    note: 'a,b=c',
  });
});

test.each([
  ['always_off', undefined, { kind: 'always_off' }],
  ['parentbased_always_on', undefined, { kind: 'always_on' }],
  ['traceidratio', '0.25', { kind: 'traceidratio', ratio: 0.25 }],
  ['parentbased_traceidratio', undefined, { kind: 'traceidratio', ratio: 1 }],
])('the sampler %s with %s', (name, argument, expected) => {
  expect(settings({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }).sampler).toEqual(expected);
});

test('the queue is as long as is asked for, within reason, and a batch no longer than it', () => {
  const variables = { OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_EXPORT_TIMEOUT: '200', OTEL_BSP_MAX_QUEUE_SIZE: '64' };
  expect(settings(variables).batch).toEqual({ delayMs: 100, exportTimeoutMs: 200, maxQueued: 64, maxBatch: 64 });
  expect(settings({ OTEL_BSP_MAX_QUEUE_SIZE: '999999999999' }).batch.maxQueued).toBe(65_536);
});

test.each<[Environment, string]>([
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' }, 'OTEL_EXPORTER_OTLP_TIMEOUT is not a positive whole number'],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '0' }, 'OTEL_BSP_MAX_QUEUE_SIZE is not a positive whole number'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' }, 'OTEL_EXPORTER_OTLP_HEADERS holds something other than key=value'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%hunter2' }, 'OTEL_EXPORTER_OTLP_HEADERS holds something other than key=value'],
  [{ OTEL_TRACES_SAMPLER: 'dice' }, 'OTEL_TRACES_SAMPLER is no known sampler: every trace is exported'],
  [
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    'OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1: every trace is exported',
  ],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'the protocol is http/json, whatever OTEL_EXPORTER_OTLP_PROTOCOL says'],
])('what cannot be understood is left out and told of, without its value: %j', (variables, problem) => {
  const found = read({ ...endpoint, ...variables });
  expect(found.problems).toEqual([problem]);
  expect(found.settings).toEqual(read(endpoint).settings);
});

test.each<[Environment, string]>([
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER is none of none, otlp, console'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'the endpoint is not an http or https URL: no traces are exported'],
])('without a usable exporter there are no traces: %j', (variables, problem) => {
  expect(read(variables)).toEqual({ settings: undefined, problems: [problem] });
});
