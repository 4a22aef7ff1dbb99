import { describe, expect, test } from 'vitest';
import {
  address,
  decimal,
  duration,
  featureGates,
  flag,
  httpUrl,
  integer,
  list,
  notYet,
  oneOf,
  parseFlags,
  renderHelp,
  selector,
  text,
  UsageError,
} from './flags.ts';

const table = {
  name: text('web', 'a name'),
  verbose: flag(false, 'say more'),
  wait: duration('30s', 'how long'),
  count: integer(4, 'how many', { min: 1, max: 9 }),
  level: oneOf(['info', 'error'], 'info', 'how much'),
  only: list(['a'], 'which'),
  listen: address(':8080', 'where'),
  events: httpUrl('where to'),
  rate: decimal(50, 'how fast'),
  labels: selector('', 'which ones'),
  'feature-gates': featureGates({ Fast: false, Safe: true }),
} as const;

const valuesOf = (...args: string[]) => parseFlags(args, table).values;

describe('parseFlags', () => {
  test('what is not given has its default', () => {
    expect(valuesOf()).toEqual({
      name: 'web',
      verbose: false,
      wait: 30_000,
      count: 4,
      level: 'info',
      only: ['a'],
      listen: ':8080',
      events: '',
      rate: 50,
      labels: '',
      'feature-gates': { Fast: false, Safe: true },
    });
  });

  test('takes a value after an equals sign or a space, with one dash or two', () => {
    expect(valuesOf('--name=a', '--wait', '1m30s', '-count=9', '-level', 'error')).toMatchObject({
      name: 'a',
      wait: 90_000,
      count: 9,
      level: 'error',
    });
  });

  test('a value may be empty, hold equals signs and line breaks', () => {
    expect(valuesOf('--name=').name).toBe('');
    expect(valuesOf('--name=a=b\nc').name).toBe('a=b\nc');
    expect(valuesOf('--name', '--odd').name).toBe('--odd');
  });

  test.each(['0.5', '-1', '500'])('a rate may be %s', (value) => {
    expect(valuesOf(`--rate=${value}`).rate).toBe(Number(value));
  });

  test.each(['', 'a=b', 'a in (b,c),!d'])('selects by %j', (value) => {
    expect(valuesOf(`--labels=${value}`).labels).toBe(value);
  });

  test('what was given is told apart from what was left to its default', () => {
    const { given } = parseFlags(['--name=a'], table);
    expect([given.has('name'), given.size]).toEqual([true, 1]);
  });

  test('of two occurrences the later one holds', () => {
    expect(valuesOf('--count=1', '--count=2').count).toBe(2);
  });

  test.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('a switch is on by --verbose=%s, as Go has it', (value) => {
    expect(valuesOf(`--verbose=${value}`).verbose).toBe(true);
  });

  test.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('a switch is off by --verbose=%s', (value) => {
    expect(valuesOf('--verbose', `--verbose=${value}`).verbose).toBe(false);
  });

  test('a switch takes no value after a space', () => {
    expect(() => valuesOf('--verbose', 'true')).toThrow(new UsageError(`'true' is not a flag`));
  });

  test('a list grows with commas and occurrences, and forgets its default', () => {
    expect(valuesOf('--only=b,c', '--only', 'd,').only).toEqual(['b', 'c', 'd']);
    expect(valuesOf('--only=').only).toEqual([]);
  });

  test('feature gates are set one by one', () => {
    expect(valuesOf('--feature-gates=Fast=true', '--feature-gates= Safe = false ,')['feature-gates']).toEqual({ Fast: true, Safe: false });
  });

  test.each([
    ['--nmae=a', 'unknown flag --nmae'],
    ['--toString', 'unknown flag --toString'],
    ['web', `'web' is not a flag`],
    ['--', `'--' is not a flag`],
    ['---name=a', `'---name=a' is not a flag`],
    ['--name', 'flag --name needs a value'],
    ['--verbose=yes', `invalid value for --verbose: 'yes' is neither true nor false`],
    ['--wait=-1s', `invalid value for --wait: '-1s' is negative`],
    ['--count=0', `invalid value for --count: '0' is not a whole number from 1 to 9`],
    ['--count=10', `invalid value for --count: '10' is not a whole number from 1 to 9`],
    ['--count=1e0', `invalid value for --count: '1e0' is not a whole number from 1 to 9`],
    ['--count=', `invalid value for --count: '' is not a whole number from 1 to 9`],
    ['--count=-1', `invalid value for --count: '-1' is not a whole number from 1 to 9`],
    ['--rate=1e3', `invalid value for --rate: '1e3' is not a number`],
    ['--rate=', `invalid value for --rate: '' is not a number`],
    ['--labels=a b', `invalid value for --labels: 'a b' is not a label requirement such as 'app=web'`],
    ['--level=warn', `invalid value for --level: 'warn' is not one of info, error`],
    ['--listen=8080', `invalid value for --listen: '8080' is not an address such as ':8080'`],
    ['--listen=:65536', `invalid value for --listen: ':65536' is not an address such as ':8080'`],
    ['--listen=:', `invalid value for --listen: ':' is not an address such as ':8080'`],
    ['--events=ftp://x/', `invalid value for --events: 'ftp://x/' is not an http or https URL`],
    ['--events=x', `invalid value for --events: 'x' is not an http or https URL`],
    ['--feature-gates=Slow=true', `invalid value for --feature-gates: there is no feature gate 'Slow'`],
    ['--feature-gates=Fast', `invalid value for --feature-gates: '' is neither true nor false`],
    ['--feature-gates=Fast=true=false', `invalid value for --feature-gates: 'true=false' is neither true nor false`],
  ])('refuses %s', (argument, message) => {
    expect(() => valuesOf(argument)).toThrow(new UsageError(message));
  });

  test.each(['--wait=soon', '--wait=1', '--wait='])('refuses %s', (argument) => {
    expect(() => valuesOf(argument)).toThrow(UsageError);
  });

  test.each(['', '0', ':0', '127.0.0.1:9440', '[::1]:9440', 'localhost:1'])('listens at %j', (where) => {
    expect(valuesOf(`--listen=${where}`).listen).toBe(where);
  });

  test('flags that mean nothing here are read, named and left out', () => {
    const { values, ignored } = parseFlags(['--cache-size', '5', '--name=a'], table, { 'cache-size': integer(1, 'x') });
    expect([values.name, ignored]).toEqual(['a', ['cache-size']]);
    expect(values).not.toHaveProperty('cache-size');
    expect(() => parseFlags(['--cache-size=many'], table, { 'cache-size': integer(1, 'x') })).toThrow('invalid value for --cache-size');
  });

  test('one that must not be ignored is refused as soon as it means something', () => {
    const ignorable = { 'default-service-account': notYet('account of tenants') };
    expect(parseFlags(['--default-service-account='], {}, ignorable).ignored).toEqual(['default-service-account']);
    expect(() => parseFlags(['--default-service-account=tenant'], {}, ignorable)).toThrow(
      'invalid value for --default-service-account: this release does not support it, and to ignore it would not be safe',
    );
  });

  test('one that is both is not ignored', () => {
    expect(parseFlags(['--name=a'], table, { name: text('', 'x') })).toMatchObject({ values: { name: 'a' }, ignored: [] });
  });
});

describe('renderHelp', () => {
  const help = renderHelp('widget-controller', table);

  test('names each flag, what it is for, and its default', () => {
    expect(help).toContain('  --wait\n        how long (default 30s)\n');
    expect(help).toContain('  --level\n        how much (info, error) (default info)\n');
    for (const name of Object.keys(table)) expect(help).toContain(`--${name}\n`);
  });

  test('leaves out defaults that say nothing', () => {
    expect(help).toContain('  --verbose\n        say more\n');
    expect(help).not.toContain('[object');
  });
});
