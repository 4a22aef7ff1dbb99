import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Loaded before anything else into a process and each of its threads: notes what is opened, looked up, connected to and started, as it is asked for. */
const RECORDER = `
const fs = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');
const record = fs.openSync(process.env.RECORD_TO, 'a');
const note = (what, of) => fs.writeSync(record, JSON.stringify({ what, of: String(of) }) + '\\n');
const wrap = (from, names, what) => {
  for (const name of names) {
    const original = from[name];
    if (typeof original !== 'function') continue;
    from[name] = Object.assign(function (...args) {
      if (typeof args[0] === 'string' || args[0] instanceof URL || Buffer.isBuffer(args[0])) note(what, args[0]);
      return original.apply(this, args);
    }, original);
  }
};
const touching = ['open', 'readFile', 'stat', 'lstat', 'readdir', 'opendir', 'readlink', 'realpath', 'access', 'exists', 'copyFile', 'writeFile', 'createReadStream', 'createWriteStream', 'cp', 'rm', 'symlink', 'link'];
wrap(fs, touching.flatMap((name) => [name, name + 'Sync']), 'file');
wrap(fs.promises, touching, 'file');
const asking = ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny'];
wrap(require('node:child_process'), ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'], 'program');
wrap(dns, asking, 'name');
wrap(dns.promises, asking, 'name');
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = args.flat();
  note('connection', typeof first === 'object' && first !== null ? first.path ?? first.host + ':' + first.port : args[1] + ':' + first);
  return connect.apply(this, args);
};
require('node:module').syncBuiltinESMExports();
`;

export interface Recorded {
  readonly what: 'file' | 'name' | 'connection' | 'program';
  readonly of: string;
}

/** For a controller that is started with it: all that the process and its threads have opened, looked up, connected to and started. */
export interface Recorder {
  readonly launcher: readonly [string, ...string[]];
  recorded(): Promise<readonly Recorded[]>;
}

export async function createRecorder(directory: string): Promise<Recorder> {
  const [script, file] = [join(directory, 'recorder.cjs'), join(directory, 'recorded')];
  await writeFile(script, RECORDER);
  await writeFile(file, '');
  return {
    launcher: ['/usr/bin/env', `NODE_OPTIONS=--require=${script}`, `RECORD_TO=${file}`],
    async recorded() {
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
      return lines.map((line) => JSON.parse(line) as Recorded);
    },
  };
}
