import { describe, expect, test } from 'vitest';
import { UsageError } from '../command.ts';
import { parseBuildArgs } from './build-args.ts';

const OPTIONS = { loadRestrictions: 'root-only', order: 'legacy', managedByLabel: false };
const DEFAULTS = { kind: 'directory', directory: '.', output: undefined, options: OPTIONS };

describe('what kustomize build takes', () => {
  test.each<[readonly string[], object]>([
    [[], {}],
    [['apps/web'], { directory: 'apps/web' }],
    [['--', '-strange'], { directory: '-strange' }],
    [['-o', 'out.yaml'], { output: 'out.yaml' }],
    [['--output=out.yaml', 'x'], { output: 'out.yaml', directory: 'x' }],
    [['--reorder', 'none'], { options: { ...OPTIONS, order: 'fifo' } }],
    [['--enable-managedby-label'], { options: { ...OPTIONS, managedByLabel: true } }],
    [['--load-restrictor=LoadRestrictionsNone'], { options: { ...OPTIONS, loadRestrictions: 'none' } }],
  ])('%j', (args, expected) => {
    expect(parseBuildArgs(args)).toEqual({ ...DEFAULTS, ...expected });
  });

  test('a corpus instead of a directory', () => {
    expect(parseBuildArgs(['--cases', 'c.jsonl'])).toEqual({ kind: 'cases', file: 'c.jsonl' });
    expect(() => parseBuildArgs(['--cases', 'c.jsonl', 'x'])).toThrow(UsageError);
  });
});

describe('refused, with what there is instead', () => {
  test.each<[readonly string[], RegExp]>([
    [['a', 'b'], /^one directory is built at a time, and there are 2$/],
    [['--reorder', 'x'], /^--reorder is legacy or none, and not 'x'$/],
    [['--load-restrictor', 'toString'], /^--load-restrictor is LoadRestrictionsRootOnly or LoadRestrictionsNone, and not 'toString'$/],
    [['-o'], /argument missing$/],
    [['--foo'], /^unknown option '--foo'$/],
    [['--enable-helm'], /^--enable-helm is not supported: a build renders no charts/],
    [['--helm-command', 'helm'], /^--helm-command is not supported/],
    [['--enable-alpha-plugins'], /^--enable-alpha-plugins is not supported: programs/],
    [['--enable-exec'], /^--enable-exec is not supported: programs/],
    [['--network'], /^--network is not supported: a build reads files/],
    [['-e', 'A=b'], /^--env is not supported/],
  ])('%j', (args, message) => {
    expect(() => parseBuildArgs(args)).toThrow(UsageError);
    expect(() => parseBuildArgs(args)).toThrow(message);
  });
});
