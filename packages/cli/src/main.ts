#!/usr/bin/env node
import { runGotk } from './gotk.ts';
import { unfitNode } from './node-version.ts';

// Whoever reads our output may have read enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const unfit = unfitNode(process.versions.node);
if (unfit !== undefined) {
  process.stderr.write(`gotk: ${unfit}\n`);
  process.exit(1);
}

process.exitCode = await runGotk(process.argv.slice(2), {
  cwd: process.cwd(),
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
