import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { createLogLevel, type LogLevel, type LogLevelSwitch } from './log-level.ts';
import { createLogger } from './pino-logger.ts';

function logger(level: LogLevel | LogLevelSwitch = 'info', encoding: 'json' | 'console' = 'json') {
  const lines: string[] = [];
  const log = createLogger({ level, encoding, clock: fakeClock(), destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

test('writes the fields that flux logs reads', () => {
  const { log, last } = logger();
  log.with({ controller: 'widget' }).error('reconciliation failed', new Error('refused'), { reason: 'Failed' });
  expect(last()).toEqual({
    level: 'error',
    ts: '2026-01-02T03:04:05.600Z',
    controller: 'widget',
    reason: 'Failed',
    error: 'refused',
    msg: 'reconciliation failed',
  });
});

test('leaves out what is less severe than the level', () => {
  const { log, lines } = logger('error');
  log.debug('detail');
  log.info('news');
  expect(lines).toEqual([]);
});

test('no credential leaves by message, error, field or nested field', () => {
  const { log, lines } = logger();
  const secret = 'https://user:hunter2@example.dev/';
  log.with({ url: secret }).error(`cloning ${secret}`, new Error(secret), { deep: { list: [secret, new Error(secret)] } });
  expect(lines.join()).toContain('*****');
  expect(lines.join()).not.toContain('hunter2');
});

test('a key that ends beyond the longest line is not logged in part', () => {
  const { log, lines } = logger();
  log.info(`${'x'.repeat(15_000)}\n-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(800)}\n-----END PRIVATE KEY-----`);
  expect(lines.join()).not.toContain('QUJD');
});

test('what is nested without end, or listed without end, is cut', () => {
  const { log, lines } = logger();
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  log.info('x', { ring, list: Array.from({ length: 100_000 }, () => 'item') });
  expect(lines.join().length).toBeLessThan(2_000);
});

test('for people it writes a line of text', () => {
  const { log, lines } = logger('info', 'console');
  log.error('failed', new Error('refused'), { name: 'web', count: 2 });
  expect(lines).toEqual(['2026-01-02T03:04:05.600Z ERROR failed: refused name=web count=2\n']);
});

test('a level that is changed holds at once, also for loggers that were there before', () => {
  const levels = createLogLevel('error');
  const { log, lines } = logger(levels);
  const child = log.with({ controller: 'widget' });
  child.info('unheard');
  levels.level = 'debug';
  child.debug('heard');
  expect(lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg)).toEqual(['heard']);
});

test('what is not logged is not made ready for the log either', () => {
  const { log } = logger('info');
  const fields = {
    get costly(): string {
      throw new Error('was read');
    },
  };
  expect(() => log.debug('detail', fields)).not.toThrow();
  expect(() => log.info('news', fields)).toThrow('was read');
});

test('flux logs finds level, kind, name, namespace and text where it looks for them', () => {
  const { log, last } = logger();
  const run = log.with({ controller: 'widget', controllerGroup: 'example.dev', controllerKind: 'Widget' });
  run.with({ name: 'web', namespace: 'apps', reconcileID: '1' }).info('stored');
  expect(last()).toEqual({
    level: 'info',
    ts: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
    controller: 'widget',
    controllerGroup: 'example.dev',
    controllerKind: 'Widget',
    name: 'web',
    namespace: 'apps',
    reconcileID: '1',
    msg: 'stored',
  });
});
