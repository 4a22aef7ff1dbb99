import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { integer, text } from './flags.ts';
import { runMain } from './run-main.ts';

/** As much of a process as a command line that leads nowhere needs. */
function processWith(...args: string[]) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const process = Object.assign(new EventEmitter(), {
    argv: ['node', 'main.js', ...args],
    env: {},
    version: 'v24',
    stdout: { write: (line: string) => stdout.push(line) },
    stderr: { write: (line: string) => stderr.push(line) },
    exit: () => undefined,
  });
  return { process: process as unknown as NodeJS.Process, stdout, stderr };
}

const program = (setup = () => undefined as undefined) => ({
  name: 'widget-controller',
  version: '1.0.0',
  flags: { concurrent: integer(7, 'widgets at once'), shape: text('round', 'the shape') },
  setup,
});

test.each(['--help', '-h', '-help', '--h'])('%s shows the flags, its own default in place of the common one', async (argument) => {
  const { process, stdout } = processWith('--shape', argument);
  expect(await runMain(program(), process)).toBe(0);
  expect(stdout.join('')).toContain('--shape\n');
  expect(stdout.join('')).toContain('widgets at once (default 7)');
  expect(stdout.join('')).not.toContain('objects reconciled at once');
});

test.each([
  ['an unknown flag', ['--shpae=square'], 'unknown flag --shpae'],
  [
    'a value that cannot be',
    ['--concurrent=none'],
    `invalid value for --concurrent: 'none' is not a whole number from 0 to 9007199254740991`,
  ],
  ['what is no flag', ['start'], `'start' is not a flag`],
  [
    'a lease that ends before its holder gives up',
    ['--leader-election-lease-duration=10s', '--leader-election-renew-deadline=10s'],
    '--leader-election-lease-duration must be longer than --leader-election-renew-deadline, and a second at least',
  ],
  [
    'a lease that the API server would take for none',
    ['--leader-election-lease-duration=500ms', '--leader-election-renew-deadline=100ms', '--leader-election-retry-period=10ms'],
    '--leader-election-lease-duration must be longer than --leader-election-renew-deadline, and a second at least',
  ],
  [
    'a leader that could try only once',
    ['--leader-election-renew-deadline=6s', '--leader-election-retry-period=5s'],
    '--leader-election-renew-deadline must be longer than --leader-election-retry-period',
  ],
  [
    'a rate at which nothing would be sent',
    ['--kube-api-qps=0'],
    '--kube-api-qps must not be 0, nor --kube-api-burst less than 1 while there is a ceiling',
  ],
  [
    'a burst of nothing',
    ['--kube-api-qps=0.5', '--kube-api-burst=0'],
    '--kube-api-qps must not be 0, nor --kube-api-burst less than 1 while there is a ceiling',
  ],
  [
    'a selector that is none',
    ['--watch-label-selector=shard 1'],
    `invalid value for --watch-label-selector: 'shard 1' is not a label requirement such as 'app=web'`,
  ],
  [
    'an election without a pause',
    ['--leader-election-retry-period=0s'],
    '--leader-election-renew-deadline must be longer than --leader-election-retry-period',
  ],
])('%s is a usage error: exit code 2, and one line that says why', async (_what, args, message) => {
  let began = false;
  const { process, stdout, stderr } = processWith(...args);
  const code = await runMain(
    program(() => {
      began = true;
    }),
    process,
  );
  expect([code, stdout, stderr, began]).toEqual([2, [], [`widget-controller: ${message}; see --help\n`], false]);
});
