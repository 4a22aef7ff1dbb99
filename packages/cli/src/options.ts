import { type ParseArgsOptionDescriptor, type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

/** An option of the program that a command takes after, which asks for what we do not do: to accept it would be to print something else than was asked for. */
export interface RefusedOption extends ParseArgsOptionDescriptor {
  readonly why: string;
}

/** The options of a command, and its other arguments in their order. Throws `UsageError`. */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { options, refused }: { readonly options: Options; readonly refused: Readonly<Record<string, RefusedOption>> },
) {
  try {
    const { values } = parseArgs({ args: [...args], allowPositionals: true, options: { ...options, ...refused } });
    const first = Object.entries(refused).find(([name]) => Object.hasOwn(values, name));
    if (first !== undefined) throw new UsageError(`--${first[0]} is not supported: ${first[1].why}`);
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node goes on about what is behind `--`.
    const [message = ''] = error.message.split(/\. |\n/);
    throw new UsageError(message.charAt(0).toLowerCase() + message.slice(1), { cause: error });
  }
}
