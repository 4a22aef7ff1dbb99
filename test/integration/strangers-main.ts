import { setPriority } from 'node:os';
import { BOMBS, HOSTILITIES, startHostileServer } from './hostile-server.ts';

// Serves all that is hostile, each on a port of its own, for as long as somebody holds its input open. On machines of their own these servers would take nobody's
// processor but theirs: here they get what others leave.
setPriority(19);
const hosts: Record<string, string> = {};
for (const [name, hostility] of Object.entries(HOSTILITIES)) hosts[name] = (await startHostileServer(hostility)).host;
for (const [name, bomb] of Object.entries(BOMBS)) hosts[name] = (await startHostileServer(bomb())).host;
process.stdout.write(`${JSON.stringify(hosts)}\n`);
process.stdin.on('end', () => process.exit()).resume();
