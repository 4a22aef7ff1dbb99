import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Ends processes, and removes a directory, when this process is gone, whatever the way it went. */
export interface Reaper extends Disposable {
  /** From now on exactly these processes would be ended. */
  guard(pids: readonly number[]): void;
}

// A pipe whose other end is ours tells the shell of our death, SIGKILL included, by its end of file. Each line is the whole truth at that
// time, so that an id which has been given to somebody else since is never among those killed.
const SCRIPT = `
pids=
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
[ -n "$1" ] || exit 0
sleep 0.2
rm -rf "$1"
`;

/** Starts a shell that waits for our end. Disposing of it also removes the directory, if there is one, with nothing left to kill. */
export function startReaper(directory = ''): Reaper {
  // In a session of its own, so that Ctrl-C does not end it together with us.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'reaper', directory], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  const guard = (pids: readonly number[]) => {
    shell.stdin.write(`${pids.join(' ')}\n`);
  };
  return {
    guard,
    [Symbol.dispose]: () => {
      shell.stdin.end('\n');
    },
  };
}
