import { type Command, Failure, type Terminal, UsageError } from './command.ts';
import { templateCommand } from './helm/template-command.ts';
import { buildCommand } from './kustomize/build-command.ts';
import { versionCommand } from './version.ts';

const COMMANDS: readonly Command[] = [buildCommand, templateCommand, versionCommand];

const isHelp = (arg: string | undefined): boolean => arg === '--help' || arg === '-h' || arg === 'help';

/** What stands behind `--` is no option. */
const optionsIn = (args: readonly string[]): readonly string[] => (args.includes('--') ? args.slice(0, args.indexOf('--')) : args);

/** Runs what the arguments ask for, and returns the exit code: 0 done, 1 not done, 2 not understood. Rejects with nothing but bugs. */
export async function runGotk(args: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  try {
    if (command === undefined) return await overview(args, terminal);
    const rest = args.slice(command.name.split(' ').length);
    if (isHelp(rest[0]) || optionsIn(rest).some((arg) => arg === '--help' || arg === '-h')) {
      terminal.print(`${command.help}\n`);
      return 0;
    }
    return await command.run(rest, terminal);
  } catch (error) {
    if (error instanceof Failure) {
      terminal.complain(`error: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    const asked = command === undefined ? groupOf(args[0]) : command.name;
    terminal.complain(`error: ${error.message}\n'gotk ${asked === '' ? '' : `${asked} `}--help' shows what there is.\n`);
    return 2;
  }
}

/** `kustomize` is no command, but has some. */
const groupOf = (word: string | undefined): string => (COMMANDS.some(({ name }) => name.startsWith(`${word} `)) ? (word ?? '') : '');

function overview(args: readonly string[], terminal: Terminal): number | Promise<number> {
  const group = groupOf(args[0]);
  const rest = group === '' ? args : args.slice(1);
  const [word] = rest;
  if (word === undefined || isHelp(word)) {
    const text = helpOf(COMMANDS.filter(({ name }) => group === '' || name.startsWith(`${group} `)));
    if (word !== undefined) terminal.print(text);
    else terminal.complain(text);
    return word === undefined ? 2 : 0;
  }
  if (word === '--version') return versionCommand.run([], terminal);
  throw new UsageError(word.startsWith('-') ? `unknown option '${word}'` : `unknown command '${[group, word].join(' ').trim()}'`);
}

function helpOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, synopsis, summary }) => [`${name} ${synopsis}`.trim(), summary] as const);
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return [
    'gotk: the engines of the GitOps Toolkit on the command line',
    '',
    'Usage: gotk COMMAND [arguments]',
    '',
    ...lines.map(([usage, summary]) => `  ${usage.padEnd(width)}   ${summary}`),
    '',
    "'gotk COMMAND --help' says more about a command.",
    '',
  ].join('\n');
}
