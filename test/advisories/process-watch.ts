import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The programs that this process starts, as Node itself tells of them, until it is disposed of. */
export function watchProcesses(): Disposable & { readonly commands: readonly string[] } {
  const commands: string[] = [];
  const note = (message: unknown) => {
    const { process } = message as { readonly process?: { readonly spawnargs?: readonly string[] } };
    commands.push(process?.spawnargs?.join(' ') ?? 'a program');
  };
  subscribe('child_process', note);
  return { commands, [Symbol.dispose]: () => void unsubscribe('child_process', note) };
}
