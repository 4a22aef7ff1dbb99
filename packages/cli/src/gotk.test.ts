import { describe, expect, test } from 'vitest';
import { runGotk } from './gotk.ts';

async function gotk(...args: readonly string[]) {
  const [printed, complaints]: [string[], string[]] = [[], []];
  const code = await runGotk(args, { cwd: '/', print: (text) => printed.push(text), complain: (text) => complaints.push(text) });
  return { code, out: printed.join(''), err: complaints.join('') };
}

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s lists the commands', async (arg) => {
    const { code, out, err } = await gotk(arg);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ {2}kustomize build \[DIR\] .+\n {2}helm template \[NAME\] CHART .+\n {2}version .+$/m);
  });

  test('of a group lists the commands of the group', async () => {
    const { code, out } = await gotk('kustomize', '--help');
    expect(code).toBe(0);
    expect(out).toContain('kustomize build');
    expect(out).not.toContain('  version');
  });

  test.each([
    ['kustomize', 'build', '--help'],
    ['kustomize', 'build', 'some/directory', '-h'],
    ['version', '--help'],
  ])('of a command prints how it is used: %s %s', async (...args) => {
    const { code, out } = await gotk(...args);
    expect(code).toBe(0);
    expect(out).toContain('Usage:');
  });

  test('fits on a screen', async () => {
    const lines = (await gotk('kustomize', 'build', '--help')).out.split('\n');
    expect(lines.length).toBeLessThan(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(140);
  });
});

test.each([['version'], ['--version']])('%s', async (arg) => {
  expect(await gotk(arg)).toEqual({ code: 0, out: 'gotk from source (kustomize 5.8.2)\n', err: '' });
});

describe('a command line that makes no sense is exit code 2, and says where help is', () => {
  test.each<[readonly string[], string]>([
    [['kustomise'], "error: unknown command 'kustomise'\n'gotk --help' shows what there is.\n"],
    [['kustomize', 'frob'], "error: unknown command 'kustomize frob'\n'gotk kustomize --help' shows what there is.\n"],
    [['--foo'], "error: unknown option '--foo'\n'gotk --help' shows what there is.\n"],
    [['version', 'x'], "error: version takes no arguments, and got 'x'\n'gotk version --help' shows what there is.\n"],
    [['kustomize', 'build', '--foo'], "error: unknown option '--foo'\n'gotk kustomize build --help' shows what there is.\n"],
  ])('%j', async (args, err) => {
    expect(await gotk(...args)).toEqual({ code: 2, out: '', err });
  });

  test('nothing at all prints the commands, where results would not be', async () => {
    const { code, out, err } = await gotk();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('kustomize build');
  });
});
