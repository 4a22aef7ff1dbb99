import { setPriority } from 'node:os';
import { INPUTS } from './hostile-inputs.ts';
import { BOMBS, HOSTILITIES, type Hostility, startHostileServer } from './hostile-server.ts';

// Serves all that is hostile, each on a port of its own, for as long as somebody holds its input open. On machines of their own these servers would take nobody's
// processor but theirs: here they get what others leave.
setPriority(19);
const hosts: Record<string, string> = {};

/** Made when somebody first asks for it: some are large. */
const lazily = (make: () => Hostility): Hostility => {
  let made: Hostility | undefined;
  return (request, response) => {
    made ??= make();
    made(request, response);
  };
};

for (const [name, hostility] of Object.entries(HOSTILITIES)) hosts[name] = (await startHostileServer(hostility)).host;
for (const [name, make] of Object.entries({ ...BOMBS, ...INPUTS })) hosts[name] = (await startHostileServer(lazily(make))).host;
process.stdout.write(`${JSON.stringify(hosts)}\n`);
process.stdin.on('end', () => process.exit()).resume();
